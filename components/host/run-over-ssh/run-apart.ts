import { local } from "@pulumi/command";
import type { AnswerForm } from "../answer.ts";
import type { Host } from "../host.ts";
import type { Script } from "../script.ts";
import { shellAssignments } from "../shell-assignments.ts";
import { sentCommand } from "../step-command.ts";
import { hopsTo } from "./hops.ts";
import type { RemoteRun } from "./remote-run.ts";

const program = "./node_modules/.bin/node components/host/run-over-ssh.ts";

export interface StepApart {
  /** Names the run on the host. */
  readonly name: string;
  readonly script: Script;
  readonly values: Readonly<Record<string, string>>;
  readonly deadlineSeconds: number;
  /** As a unit that outlives the session. Default: true. */
  readonly detached?: boolean;
  /** Of a script whose output is read: what it is to say. */
  readonly answer?: AnswerForm;
}

/**
 * Runs a script on a host apart from the graph: from a resource hook, for what must happen while a resource is being made or
 * changed, and where a fact is looked at again. It goes through the command provider, so that it runs where the steps run, and in a
 * rehearsal on simulated hosts.
 *
 * @returns what the host said, stdout and stderr as they came
 * @throws if the host can't be reached, or the script fails
 */
export async function runApart(host: Pick<Host, "name" | "connection">, step: StepApart): Promise<string> {
  const { name, script, values, deadlineSeconds, detached = true, answer } = step;
  const remoteRun: RemoteRun = {
    name: host.name,
    hops: await hopsTo(host.connection),
    command: sentCommand(script, { name, deadlineSeconds, detached, ...(answer && { answer }) }),
    stdin: shellAssignments(values),
  };
  const { stdout } = await local.run({
    command: program,
    stdin: JSON.stringify(remoteRun),
    logging: local.Logging.None,
  });
  return stdout;
}
