import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { EngineRun, PhaseName } from "./engine/throw-away-stack.ts";
import type { ResourceGraph } from "./timeline/resource-graph.ts";
import { type ScheduledOperation, schedule, type TimedOperation, totalSeconds } from "./timeline/schedule.ts";

/** One change of a resource that the engine planned or made. */
export interface Change {
  readonly op: string;
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  /** Properties that differ. */
  readonly diffs: readonly string[];
}

export interface Phase {
  readonly op: PhaseName;
  readonly ok: boolean;
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly same: number;
  /** Wall seconds of the engine's run. */
  readonly seconds: number;
  readonly simulatedSeconds: number;
  readonly changes: readonly Change[];
  readonly scheduled: readonly ScheduledOperation[];
  /** What the engine reported as errors. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Steps that don't change anything, or that are a part of a replacement which is counted as such. */
const QUIET = new Set(["same", "read", "refresh", "create-replacement", "delete-replaced", "discard"]);

/** The type of the stack itself. */
export const ROOT_TYPE = "pulumi:pulumi:Stack";

export function changesOf(events: readonly EngineEvent[]): Change[] {
  return events.flatMap(({ resourcePreEvent }) => {
    if (resourcePreEvent === undefined) return [];
    const { op, urn, type, diffs } = resourcePreEvent.metadata;
    if (QUIET.has(op) || type === ROOT_TYPE) return [];
    return [{ op, urn, type, name: urn.split("::").slice(3).join("::"), diffs: diffs ?? [] }];
  });
}

/** The CLI's own last word, which says nothing. */
const LAST_WORD = "update failed";

function reportedAs(severity: "error" | "warning", run: EngineRun): string[] {
  return run.events.flatMap(({ diagnosticEvent }) =>
    diagnosticEvent?.severity === severity ? [stripColours(diagnosticEvent.message).trim()] : [],
  );
}

function errorsOf(run: EngineRun): string[] {
  const reported = reportedAs("error", run);
  // The engine repeats a program's error as the run's; once is enough.
  const distinct = [...new Set(reported)].filter(
    (text) => text !== LAST_WORD && !reported.some((other) => other !== text && other.includes(text)),
  );
  // An engine that died reports nothing; its last line says how far it came.
  return run.ok || distinct.length > 0 ? distinct : [run.output.trim().split("\n").at(-1) ?? ""];
}

function stripColours(text: string): string {
  return text.replaceAll(/<\{%[^%]*%\}>/g, "");
}

/** What a run of the engine amounts to, with the time it would have taken. */
export function phaseOf(
  op: PhaseName,
  run: EngineRun,
  before: ResourceGraph,
  after: ResourceGraph,
  operations: readonly TimedOperation[],
): Phase {
  const summary = run.events.find((event) => event.summaryEvent !== undefined)?.summaryEvent?.resourceChanges;
  const counts = new Map<string, number>(Object.entries(summary ?? {}));
  // The stack itself is in every state and no resource of anybody's.
  const root = run.events.find(({ resourcePreEvent }) => resourcePreEvent?.metadata.type === ROOT_TYPE);
  const rootOp = root?.resourcePreEvent?.metadata.op;
  if (rootOp !== undefined) counts.set(rootOp, Math.max(0, (counts.get(rootOp) ?? 0) - 1));
  const count = (name: string): number => counts.get(name) ?? 0;
  const scheduled = schedule(before, after, operations);
  return {
    op,
    ok: run.ok,
    create: count("create"),
    update: count("update"),
    replace: count("replace"),
    delete: count("delete"),
    same: count("same"),
    seconds: Number(run.wallSeconds.toFixed(1)),
    simulatedSeconds: Math.round(totalSeconds(scheduled)),
    changes: changesOf(run.events),
    scheduled,
    errors: errorsOf(run),
    warnings: reportedAs("warning", run),
  };
}
