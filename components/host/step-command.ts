import { readFileSync } from "node:fs";
import type { AnswerForm } from "./answer.ts";
import type { Script } from "./script.ts";
import { shellQuote } from "./shell-assignments.ts";

/** How a step runs on its host. */
export interface StepRun {
  /** Names the step on the host: the transient unit of a detached one. */
  readonly name: string;
  readonly deadlineSeconds: number;
  /** As a systemd unit that outlives the SSH session. */
  readonly detached: boolean;
  /** Of a step whose stdout is read: what it is to say. */
  readonly answer?: AnswerForm;
}

const asRoot = readFileSync(new URL("./as-root.sh", import.meta.url), "utf8");
const framedAnswer = readFileSync(new URL("./framed-answer.sh", import.meta.url), "utf8");
const detachedRunner = readFileSync(new URL("./detached.sh", import.meta.url), "utf8");

/** The unit of a detached step. */
export function stepUnit(name: string): string {
  return `grappe-step-${name.replaceAll(/[^A-Za-z0-9_-]/g, "-")}`;
}

/**
 * The command for SSH that runs a script as root, under a deadline, in an environment of ours (`as-root.sh`), with the values on
 * its stdin. It is understood by any login shell that knows single quotes, and says what to do where sudo asks for a password.
 */
export function stepCommand(script: Script, run: StepRun): string {
  // Without --norc, bash takes a socket on its stdin for a remote login and reads root's .bashrc (run_by_ssh in bash's shell.c).
  const bash = (text: string, ...args: string[]) => ["bash", "--norc", "-c", text, `grappe-${script.kind}`, ...args];
  const deadline = String(run.deadlineSeconds);
  const runner = run.detached
    ? bash(detachedRunner, stepUnit(run.name), deadline, script.text)
    : ["timeout", "--kill-after=10", deadline, ...bash(script.text)];
  const { answer } = run;
  const words =
    answer === undefined
      ? runner
      : bash(framedAnswer, run.name, answer.pattern.source, answer.secret === true ? "secret" : "plain", ...runner);
  return ["exec", "sh", "-c", asRoot, "grappe", ...words]
    .map((word) => (/^[\w=./-]+$/.test(word) ? word : shellQuote(word)))
    .join(" ");
}
