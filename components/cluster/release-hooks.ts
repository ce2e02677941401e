import { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Host } from "../host/host.ts";
import { runApart } from "../host/run-over-ssh/run-apart.ts";
import { loadScript } from "../host/script.ts";
import type { ClusterSettings } from "../settings/schema/cluster.ts";

const script = loadScript(import.meta.url, "./settle-release.sh");

const pending = "pending-install,pending-upgrade,pending-rollback";

const releaseInputs = z.object({ name: z.string(), namespace: z.string() });

/**
 * Hooks for every Helm release of ours. An engine that was killed while Helm worked leaves a record that makes Helm refuse
 * for good (pulumi-kubernetes#2054): before an update, pending ones go; before a creation any, as the state says that there is
 * no release, and namespaces are ours.
 */
export function releaseHooks(
  distribution: ClusterSettings["distribution"],
  server: Host,
): Pick<pulumi.ResourceHookBinding, "beforeCreate" | "beforeUpdate"> {
  // The engine calls hooks from outside of the program; the SDK finds its way to the engine by the program's own context.
  const inProgram = AsyncLocalStorage.snapshot();
  const settle = (statuses: string) => (args: pulumi.ResourceHookArgs) =>
    inProgram(async () => {
      const { name, namespace } = releaseInputs.parse(args.newInputs);
      await runApart(server, {
        name: `settle-${namespace}-${name}`,
        script,
        deadlineSeconds: 240,
        values: { distribution, namespace, releaseName: name, statuses },
      });
    });
  return {
    beforeCreate: [
      new pulumi.ResourceHook(
        "settle-release-before-create",
        settle(`deployed,failed,superseded,uninstalling,uninstalled,${pending}`),
      ),
    ],
    beforeUpdate: [new pulumi.ResourceHook("settle-release-before-update", settle(pending))],
  };
}
