import { frameAnswer } from "../../../components/host/answer.ts";
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

/** The step's identity, from the header line that every script of ours carries. */
export function stepKind(command: string): string | undefined {
  return /^# grappe-step: ([a-z0-9-]+)\s*$/m.exec(command)?.[1];
}

/** Runs a script on a simulated machine. @throws Refusal if the world isn't ready for it, or it is no script of ours */
export function runStep(world: World, run: StepRun): { readonly stdout: string; readonly seconds: number } {
  const kind = stepKind(run.command);
  const step = kind === undefined ? undefined : steps[kind];
  if (kind === undefined || step === undefined)
    throw new Refusal(`${run.machine.name}: the rehearsal doesn't know the step "${kind ?? "(no header line)"}".`);
  const values = parseShellValues(run.stdin);
  const { stdout = "", seconds } = step({ world, machine: run.machine, kind: run.kind, values });
  return { stdout: run.command.includes("--- answer of grappe ---") ? frameAnswer(stdout) : stdout, seconds };
}
