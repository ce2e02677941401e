import { createHash } from "node:crypto";
import { frameAnswer } from "../../../components/host/answer.ts";
import { ownToolkit } from "../../../components/host/toolkit/toolkit.ts";
import type { Machine } from "../machine.ts";
import { Refusal } from "../refusal.ts";
import type { World } from "../world.ts";
import { parseShellValues } from "./shell-values.ts";
import { steps } from "./steps.ts";

/** A script that the program sends to a machine. */
export interface StepRun {
  readonly kind: "create" | "update" | "delete";
  readonly machine: Machine;
  readonly command: string;
  readonly stdin: string;
}

/** The line that every script of ours carries. */
function kindIn(text: string): string | undefined {
  return /^# grappe-step: ([a-z0-9-]+)\s*$/m.exec(text)?.[1];
}

/** Of a command that runs a script of the toolkit: which, by path and hash, and whether its answer is framed. */
function fromToolkit(command: string) {
  const words = /"\$@"' grappe (\S+\.sh) ([0-9a-f]{16}|any) \S+ \d+ \S+( .*)?$/.exec(command);
  if (words === null) return undefined;
  const [, path = "", hash = "", answer] = words;
  return { path, hash, isFramed: answer !== undefined };
}

/** The step's identity, from its script: in the command itself, or in the toolkit. */
export function stepKind(command: string): string | undefined {
  const named = fromToolkit(command);
  return kindIn(named === undefined ? command : (ownToolkit().files[named.path] ?? ""));
}

/** @throws Refusal if the script that a command names isn't on the machine */
function requireScript({ machine, command }: StepRun): void {
  const named = fromToolkit(command);
  if (named === undefined) return;
  const { files, hash } = ownToolkit();
  const found = createHash("sha256")
    .update(files[named.path] ?? "")
    .digest("hex");
  if (machine.marks.get("toolkit") !== hash)
    throw new Refusal(`${machine.name}: grappe's scripts are gone from this machine (${named.path})`);
  if (named.hash !== "any" && !found.startsWith(named.hash))
    throw new Refusal(`${machine.name}: another edition of ${named.path} is needed than this machine has`);
}

/** Runs a script on a simulated machine. @throws Refusal if the world isn't ready for it, or it is no script of ours */
export function runStep(world: World, run: StepRun): { readonly stdout: string; readonly seconds: number } {
  const kind = stepKind(run.command);
  const step = kind === undefined ? undefined : steps[kind];
  if (kind === undefined || step === undefined)
    throw new Refusal(`${run.machine.name}: the rehearsal doesn't know the step "${kind ?? "(no header line)"}".`);
  requireScript(run);
  const values = parseShellValues(run.stdin);
  const { stdout = "", seconds } = step({ world, machine: run.machine, kind: run.kind, values });
  const isFramed = fromToolkit(run.command)?.isFramed ?? run.command.includes("--- answer of grappe ---");
  return { stdout: isFramed ? frameAnswer(stdout) : stdout, seconds };
}
