import { RunError } from "@pulumi/pulumi/errors.js";
import { HostNotReached, type RemoteRunOptions, runRemotely } from "../../components/host/run-over-ssh/remote-run.ts";
import type { Script } from "../../components/host/script.ts";
import { shellAssignments } from "../../components/host/shell-assignments.ts";
import { type StepRun, sentCommand } from "../../components/host/step-command.ts";
import type { ClusterHost } from "./cluster-hosts.ts";

/** A host that couldn't be asked at all. */
export class HostNotReachedError extends RunError {
  override readonly name = "HostNotReachedError";
  readonly kind: HostNotReached["kind"];

  constructor({ kind, message }: HostNotReached) {
    super(message);
    this.kind = kind;
  }
}

export interface RestoreStep extends StepRun {
  readonly script: Script;
}

/**
 * Runs a script on a host as `up` runs its steps: as root, under a deadline, by its pinned key, values on its stdin.
 *
 * @returns what it said
 * @throws HostNotReachedError, or RunError with what the script said if it failed
 */
export async function runOn(
  { name, hops }: Pick<ClusterHost, "name" | "hops">,
  { script, ...run }: RestoreStep,
  values: Readonly<Record<string, string>>,
  options: RemoteRunOptions = {},
): Promise<string> {
  const remote = { name, hops: [...hops], command: sentCommand(script, run), stdin: shellAssignments(values) };
  try {
    return await runRemotely(remote, options);
  } catch (error) {
    if (error instanceof HostNotReached) throw new HostNotReachedError(error);
    throw error instanceof Error ? new RunError(error.message, { cause: error }) : error;
  }
}
