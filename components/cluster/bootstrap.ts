import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { answerOf } from "../host/answer.ts";
import type { Host } from "../host/host.ts";
import { shellAssignments } from "../host/shell-assignments.ts";
import { stepCommand } from "../host/step-command.ts";
import type { NodeStep } from "./distribution.ts";

/** SHA-256 of the certificate authority's public key (kubeadm) or certificate (k3s). */
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/, "it is no SHA-256");

export interface Bootstrap {
  readonly step: remote.Command;
  readonly caFingerprint: pulumi.Output<string>;
}

/**
 * Makes the cluster, once, on the server that is first then. Nothing that changes afterwards makes it run again, not even that
 * machine's end: so that server can be replaced like any other, and there is never a second cluster. It isn't triggered by
 * the machine's identity for the same reason.
 *
 * @returns the step, and the fingerprint of the cluster's certificate authority
 */
export function bootstrapCluster(host: Host, step: NodeStep, opts: pulumi.CustomResourceOptions): Bootstrap {
  const name = "bootstrap";
  const stdin = pulumi
    .all([step.values, step.secrets])
    .apply(([values, secrets]) => shellAssignments({ ...values, ...secrets }));
  const command = new remote.Command(
    name,
    {
      connection: host.connection,
      create: stepCommand(step.script, {
        name,
        deadlineSeconds: 900,
        detached: true,
        answer: { pattern: /^[0-9a-f]{64}$/ },
      }),
      stdin: pulumi.secret(stdin),
      logging: remote.Logging.Stderr,
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(opts, {
      ignoreChanges: ["connection", "create", "stdin", "logging", "addPreviousOutputInEnv"],
      additionalSecretOutputs: ["stdout", "stderr"],
      hooks: host.scripts.own,
    }),
  );
  return { step: command, caFingerprint: answerOf(command, { host: host.name, step: name }, fingerprint) };
}
