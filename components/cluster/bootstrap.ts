import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host.ts";
import { shellAssignments } from "../host/shell-assignments.ts";
import { stepCommand } from "../host/step-command.ts";
import type { NodeStep } from "./distribution.ts";

/**
 * Makes the cluster, once, on the server that is first then. Nothing that changes afterwards makes it run again, not even that
 * machine's end: so that server can be replaced like any other, and there is never a second cluster. It isn't triggered by
 * the machine's identity for the same reason.
 *
 * @returns the step; its `stdout` is the fingerprint of the cluster's certificate authority
 */
export function bootstrapCluster(host: Host, step: NodeStep, opts: pulumi.CustomResourceOptions): remote.Command {
  const name = "bootstrap";
  const stdin = pulumi
    .all([step.values, step.secrets])
    .apply(([values, secrets]) => shellAssignments({ ...values, ...secrets }));
  return new remote.Command(
    name,
    {
      connection: host.connection,
      create: stepCommand(step.script, { name, deadlineSeconds: 900, detached: true }),
      stdin: pulumi.secret(stdin),
      logging: remote.Logging.None,
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(opts, {
      ignoreChanges: ["connection", "create", "stdin", "logging", "addPreviousOutputInEnv"],
      additionalSecretOutputs: ["stdout", "stderr"],
    }),
  );
}
