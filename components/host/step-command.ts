import { readFileSync } from "node:fs";
import type { Script } from "./script.ts";
import { shellQuote } from "./shell-assignments.ts";

/** How a step runs on its host. */
export interface StepRun {
  /** Names the step on the host: the transient unit of a detached one. */
  readonly name: string;
  readonly deadlineSeconds: number;
  /** As a systemd unit that outlives the SSH session. */
  readonly detached: boolean;
}

const asRoot = readFileSync(new URL("./as-root.sh", import.meta.url), "utf8");
const detachedRunner = readFileSync(new URL("./detached.sh", import.meta.url), "utf8");

/** The unit of a detached step. */
export function stepUnit(name: string): string {
  return `grappe-step-${name.replaceAll(/[^A-Za-z0-9_-]/g, "-")}`;
}

/**
 * The command for SSH that runs a script as root, under a deadline, with the values on its stdin. It is understood by any
 * login shell that knows single quotes, and says what to do where sudo asks for a password.
 */
export function stepCommand(script: Script, run: StepRun): string {
  const bash = (text: string, ...args: string[]) => ["bash", "-c", text, `grappe-${script.kind}`, ...args];
  const words = run.detached
    ? bash(detachedRunner, stepUnit(run.name), String(run.deadlineSeconds), script.text)
    : ["timeout", "--kill-after=10", String(run.deadlineSeconds), ...bash(script.text)];
  return ["exec", "sh", "-c", asRoot, "grappe", ...words]
    .map((word) => (/^[\w=./-]+$/.test(word) ? word : shellQuote(word)))
    .join(" ");
}
