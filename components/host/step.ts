import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { AnswerForm } from "./answer.ts";
import type { Host } from "./host.ts";
import type { Script } from "./script.ts";
import { shellAssignments } from "./shell-assignments.ts";
import { stepCommand } from "./step-command.ts";

export interface StepArgs {
  readonly host: Host;
  /** Idempotent: runs at creation and again whenever any of its inputs changes. */
  readonly script: Script;
  /** Given to the script as shell variables, through stdin. */
  readonly values?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Like `values`, and secret in the state. */
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
  /** After this many seconds the script is stopped and the step fails. Default: 120, and 900 for a detached one. */
  readonly deadlineSeconds?: number;
  /**
   * For long work: the script runs as a systemd unit that outlives the SSH session, so that a broken connection or a killed
   * engine leaves no half-done work; the next run with the same script and values waits for the one under way. Default: false.
   */
  readonly detached?: boolean;
  /** Of a script whose output is read, by `answerOf`: what it is to say. */
  readonly answer?: AnswerForm;
  /** Whether it is about another host, for which this one speaks. Default: false. */
  readonly speaksForAnother?: boolean;
}

/**
 * Runs a script on a host, as root, as one resource. Another machine (a changed identity) replaces it; a changed value
 * runs the script again in place; deleting it does nothing on the host (what undoes a host is its cleanup).
 *
 * What it prints is never logged and is secret. Its stderr, which says what it waits for and stands in the error of one that fails, is
 * shown as it comes.
 */
export function runOnHost(name: string, args: StepArgs, opts: pulumi.CustomResourceOptions): remote.Command {
  const { host, script, detached = false, deadlineSeconds = detached ? 900 : 120 } = args;
  const stdin = pulumi
    .all([args.values ?? {}, args.secrets ?? {}])
    .apply(([values, secrets]) => shellAssignments({ ...values, ...secrets }));
  return new remote.Command(
    name,
    {
      connection: host.connection,
      create: stepCommand(script, { name, deadlineSeconds, detached, ...(args.answer && { answer: args.answer }) }),
      stdin: args.secrets === undefined ? stdin : pulumi.secret(stdin),
      triggers: [host.identity],
      logging: remote.Logging.Stderr,
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(opts, {
      deleteBeforeReplace: true,
      additionalSecretOutputs: ["stdout", "stderr"],
      ...(host.machine === undefined ? {} : { deletedWith: host.machine }),
      dependsOn: [...host.reachableAfter],
      hooks: args.speaksForAnother === true ? host.scripts.speaking : host.scripts.own,
    }),
  );
}
