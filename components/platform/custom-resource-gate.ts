import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host.ts";
import { loadScript } from "../host/script.ts";
import { runOnHost } from "../host/step.ts";
import type { ClusterSettings } from "../settings/schema/cluster.ts";

/** Where kubectl runs for a step of this room: a server, with its own administrator's kubeconfig. */
export interface ControlHost {
  readonly host: Host;
  /** Says where the kubeconfig and kubectl are. */
  readonly distribution: ClusterSettings["distribution"];
}

export interface CustomResourceGateArgs {
  readonly control: ControlHost;
  /** Names of the custom resource definitions that must be established, such as `ipaddresspools.metallb.io`. */
  readonly definitions: readonly string[];
  /** An object that the API server must take in a dry run, so that its admission webhook is known to answer. */
  readonly probe: pulumi.Input<Readonly<Record<string, unknown>>>;
  /** Each of its two waits, in seconds. Default: 180. */
  readonly deadlineSeconds?: number;
}

/**
 * Stands once the API server takes an object of a kind that a chart brought. A ready deployment is not enough: its
 * webhook's certificate and endpoints arrive later, and until then every such object is refused (metallb#1597).
 */
export function customResourceGate(
  name: string,
  args: CustomResourceGateArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const { control, definitions, probe, deadlineSeconds = 180 } = args;
  return runOnHost(
    name,
    {
      host: control.host,
      script: loadScript(import.meta.url, "./custom-resource-gate.sh"),
      values: {
        distribution: control.distribution,
        definitions: definitions.join(" "),
        manifest: pulumi.output(probe).apply((object) => JSON.stringify(object)),
        deadline: String(deadlineSeconds),
      },
      // Two waits of that length at most, and a margin for kubectl itself.
      deadlineSeconds: 2 * deadlineSeconds + 30,
    },
    opts,
  );
}
