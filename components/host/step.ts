import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "./host.ts";
import type { Script } from "./script.ts";
import { shellAssignments } from "./shell-assignments.ts";

export interface StepArgs {
  readonly host: Host;
  /** Idempotent: runs at creation and again whenever any of its inputs changes. */
  readonly script: Script;
  /** Given to the script as shell variables, through stdin. */
  readonly values?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Like `values`, and secret in the state. */
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Runs a script on a host, as root, as one resource. Another machine (a changed identity) replaces it; a changed value
 * runs the script again in place; deleting it does nothing on the host (what undoes a host is its cleanup).
 *
 * Output is never logged and is secret: a failing command's error shows the script's text, which holds no secret.
 */
export function runOnHost(name: string, args: StepArgs, opts: pulumi.CustomResourceOptions): remote.Command {
  const { host, script } = args;
  const stdin = pulumi
    .all([args.values ?? {}, args.secrets ?? {}])
    .apply(([values, secrets]) => shellAssignments({ ...values, ...secrets }));
  return new remote.Command(
    name,
    {
      connection: host.connection,
      create: script.command,
      stdin: args.secrets === undefined ? stdin : pulumi.secret(stdin),
      triggers: [host.identity],
      logging: remote.Logging.None,
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(opts, {
      deleteBeforeReplace: true,
      additionalSecretOutputs: ["stdout", "stderr"],
      ...(host.machine === undefined ? {} : { deletedWith: host.machine }),
      dependsOn: [...host.reachableAfter],
    }),
  );
}
