import type { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { loadScript } from "../../host/script.ts";
import { runOnHost } from "../../host/step.ts";
import type { ControlHost } from "../../platform/custom-resource-gate.ts";

/** An instance copies the whole database when it joins: minutes on a Pi, more where it has grown. */
const deadlineSeconds = 1800;

export interface DatabaseGateArgs {
  readonly control: ControlHost;
  readonly namespace: pulumi.Input<string>;
  /** Name of the Cluster object. */
  readonly cluster: string;
  readonly instances: number;
  /** Of the release: whatever changed may have changed the database. */
  readonly revision: pulumi.Input<string>;
}

/**
 * Stands once the database has as many ready instances as it should have. Helm's wait knows only workloads of Kubernetes' own,
 * and Odoo is ready with the first instance and one that follows it.
 */
export function databaseGate(name: string, args: DatabaseGateArgs, opts: pulumi.CustomResourceOptions): remote.Command {
  const { control, namespace, cluster, instances, revision } = args;
  return runOnHost(
    name,
    {
      host: control.host,
      script: loadScript(import.meta.url, "./database-gate.sh"),
      values: {
        distribution: control.distribution,
        namespace,
        cluster,
        instances: String(instances),
        revision,
        deadline: String(deadlineSeconds),
      },
      deadlineSeconds: deadlineSeconds + 150,
    },
    opts,
  );
}
