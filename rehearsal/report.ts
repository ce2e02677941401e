import type { Leak } from "./leaks.ts";
import type { Change, Phase } from "./phase.ts";
import type { ScheduledOperation } from "./timeline/schedule.ts";

/** What a rehearsal found. */
export interface Rehearsal {
  readonly stack: string;
  readonly phases: readonly Phase[];
  /** Resources that stood after the first run: components and providers included, the stack itself not. */
  readonly resources: number;
  /** Simulated seconds from nothing to everything. */
  readonly simulatedSeconds: number;
  readonly criticalPath: readonly ScheduledOperation[];
  /** What was left in the state or in the world at the end. */
  readonly leftovers: readonly string[];
  readonly leaks: readonly Leak[];
  /** What `--change` changed. */
  readonly changes: readonly Change[] | undefined;
  /** What `--fail`, `--give-up` or `--kill-at` did. */
  readonly disturbed: string | undefined;
  /** Everything that is not as it must be, each with its reason. */
  readonly problems: readonly string[];
}

/** The one object that `--json` prints. */
export function reportObject(rehearsal: Rehearsal): Record<string, unknown> {
  const { stack, phases, resources, simulatedSeconds, criticalPath, leftovers, leaks, changes, disturbed, problems } =
    rehearsal;
  return {
    stack,
    phases: phases.map(
      ({ op, create, update, replace, delete: deleted, same, seconds, simulatedSeconds: simulated }) => ({
        ...{ op, create, update, replace, delete: deleted, same, seconds },
        simulatedSeconds: simulated,
      }),
    ),
    resources,
    simulatedSeconds,
    criticalPath: criticalPath.map(({ name, type, seconds, finish }) => ({ name, type, seconds, finish })),
    leftovers,
    secretsFound: leaks.length,
    ...(changes === undefined ? {} : { changes }),
    ...(disturbed === undefined ? {} : { disturbed }),
    ...(problems.length === 0 ? {} : { problems }),
  };
}

/** The line of a phase: what it did, how long it ran here, and how long it would take for real. */
export function phaseLine(phase: Phase): string {
  const counts = (["create", "update", "replace", "delete", "same"] as const)
    .filter((kind) => phase[kind] > 0)
    .map((kind) => `${phase[kind]} ${kind}`);
  const what = counts.length === 0 ? "nothing to do" : counts.join(", ");
  const outcome = phase.ok ? "" : "  FAILED";
  return `${phase.op.padEnd(8)} ${what.padEnd(36)} ${phase.seconds.toFixed(1).padStart(5)} s  simulated ${duration(phase.simulatedSeconds)}${outcome}`;
}

/** 125 becomes `2 min 05 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** What changed, one line each. */
export function changeLines(changes: readonly Change[]): string[] {
  const signs: Readonly<Record<string, string>> = { create: "+", update: "~", replace: "±", delete: "-" };
  return changes.map(({ op, name, type, diffs }) => {
    const why = diffs.length === 0 ? "" : `  (${diffs.join(", ")})`;
    return `  ${signs[op] ?? op} ${name}  ${type}${why}`;
  });
}

/** The critical path: each line an operation, when it ends and how long it takes. */
export function criticalPathLines(path: readonly ScheduledOperation[]): string[] {
  const worth = path.filter((operation) => operation.seconds > 0);
  return worth.map(({ finish, seconds, name, type }) => {
    return `  ${duration(finish).padStart(11)}  ${`+${seconds.toFixed(1)} s`.padStart(9)}  ${name}  ${type}`;
  });
}

const maximumShown = 5;

/** A resource as people name it; a line on the world as it is. */
function leftoverName(leftover: string): string {
  // urn:pulumi:<stack>::<project>::<types>::<name>
  const [, , types, name] = leftover.split("::");
  return name === undefined ? leftover : `${name} (${types?.split("$").at(-1)})`;
}

/** What was left (pure), in one short line: how many, and the first few by name. */
export function describeLeftovers(leftovers: readonly string[]): string {
  const shown = leftovers.slice(0, maximumShown).map(leftoverName).join(", ");
  const more = leftovers.length > maximumShown ? ` and ${leftovers.length - maximumShown} more (--json names all)` : "";
  return leftovers.length === 0 ? "none" : `${shown}${more}`;
}

/** Everything after the phases' lines. */
export function summaryLines(rehearsal: Rehearsal): string[] {
  const { stack, resources, simulatedSeconds, criticalPath, leftovers, leaks, changes, disturbed, problems } =
    rehearsal;
  return [
    ...(disturbed === undefined ? [] : [`disturbed: ${disturbed}`]),
    ...(changes === undefined ? [] : ["changed:", ...changeLines(changes)]),
    ...(criticalPath.length === 0
      ? []
      : [
          `critical path of the first up (${duration(simulatedSeconds)}, ${resources} resources):`,
          ...criticalPathLines(criticalPath),
        ]),
    `leftovers: ${describeLeftovers(leftovers)}`,
    leaks.length === 0
      ? "secrets found in plain sight: none"
      : `secrets found in plain sight: ${leaks.map((leak) => `${leak.beginning} in ${leak.where}`).join("; ")}`,
    ...(problems.length === 0
      ? [`${stack}: as it must be`]
      : [`${stack}: NOT as it must be`, ...problems.map((problem) => `  - ${problem}`)]),
  ];
}
