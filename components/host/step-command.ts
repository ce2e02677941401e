import { readFileSync } from "node:fs";
import type { AnswerForm } from "./answer.ts";
import type { Script } from "./script.ts";
import { shellQuote } from "./shell-assignments.ts";
import { stepRunner, toolkitFolder } from "./toolkit/toolkit.ts";

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

/** The command for SSH that runs words as root, in an environment of ours, on a machine that has nothing of ours. */
export function commandAsRoot(words: readonly string[]): string {
  return commandOf(["exec", "sh", "-c", asRoot, "grappe", ...words]);
}

const commandOf = (words: readonly string[]) =>
  words.map((word) => (/^[\w=./-]+$/.test(word) ? word : shellQuote(word))).join(" ");

/** What a step's answer is checked against on the host. */
const answerWords = ({ answer }: StepRun): string[] =>
  answer === undefined ? [] : [answer.pattern.source, answer.secret === true ? "secret" : "plain"];

/**
 * The command for SSH that brings a script along and runs it as root, under a deadline, in an environment of ours (`as-root.sh`), with
 * the values on its stdin: for what must work on a machine that has nothing of ours. It is understood by any login shell that knows
 * single quotes, and says what to do where sudo asks for a password.
 */
export function sentCommand(script: Pick<Script, "kind" | "text">, run: StepRun): string {
  // Without --norc, bash takes a socket on its stdin for a remote login and reads root's .bashrc (run_by_ssh in bash's shell.c).
  const bash = (text: string, ...args: string[]) => ["bash", "--norc", "-c", text, `grappe-${script.kind}`, ...args];
  const deadline = String(run.deadlineSeconds);
  const runner = run.detached
    ? bash(detachedRunner, stepUnit(run.name), deadline, script.text)
    : ["timeout", "--kill-after=10", deadline, ...bash(script.text)];
  const words = run.answer === undefined ? runner : bash(framedAnswer, run.name, ...answerWords(run), ...runner);
  return commandAsRoot(words);
}

const fromToolkit = `t=${toolkitFolder}/toolkit
[ -r $t/${stepRunner.asRoot} ] || {
  echo "$(hostname): grappe's scripts are gone from this machine. Fix: take it out of the settings, ./grappe up, put it in again (docs/change.md)" >&2
  exit 78
}
exec sh $t/${stepRunner.asRoot} bash --norc $t/${stepRunner.runStep} "$@"`;

/** A script of the toolkit, and how it runs. */
export interface ToolkitRun extends StepRun {
  /**
   * Whether whichever edition of it is on the host will do. For what runs when a resource is deleted: its state may be an older program's, and
   * its script must take an older one's values. Default: it must be this one, and so a changed script is a changed command.
   */
  readonly anyEdition?: boolean;
}

/** Like `sentCommand`, for a host that has the toolkit: it names the script by path and hash. */
export function stepCommand(script: Pick<Script, "path" | "sha256">, run: ToolkitRun): string {
  const { name, deadlineSeconds, detached, anyEdition = false } = run;
  const hash = anyEdition ? "any" : script.sha256.slice(0, 16);
  const unit = detached ? stepUnit(name) : "-";
  const words = [script.path, hash, name, String(deadlineSeconds), unit, ...answerWords(run)];
  return commandOf(["exec", "sh", "-c", fromToolkit, "grappe", ...words]);
}
