import type { ResourceGraph } from "./resource-graph.ts";

/** An operation that a provider carried out, in the order in which that happened. */
export interface TimedOperation {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  readonly kind: "create" | "update" | "delete";
  readonly seconds: number;
  /** What was done, where the type doesn't say it: a step's kind. */
  readonly label?: string;
}

export interface ScheduledOperation extends TimedOperation {
  /** Simulated seconds since the phase began. */
  readonly start: number;
  readonly finish: number;
  /** The operation whose end it waited for longest; absent where it could begin at once. */
  readonly waitedFor?: ScheduledOperation;
}

/**
 * Simulates when each operation of a phase would begin and end if everything took its time and nothing waited for anything
 * but what it depends on. What waits is read off the engine's own record: a creation or update for the resource's
 * dependencies in the state after the phase, a deletion for the deletions of its dependents in the state before; deletions
 * of what is no longer wanted come after all else, as in the engine. The engine's limit on parallel operations isn't
 * simulated: run with `--parallel` as high as there are hosts.
 */
export function schedule(
  before: ResourceGraph,
  after: ResourceGraph,
  operations: readonly TimedOperation[],
): ScheduledOperation[] {
  const applied = new Map<string, ScheduledOperation>();
  const deleted = new Map<string, ScheduledOperation>();
  const dependents = dependentsOf(before);
  const scheduled: ScheduledOperation[] = [];

  /** The last operation to end among those that `urn` reaches by `next`; one that took part ends the search there. */
  const lastAmong = (
    urns: readonly string[],
    took: ReadonlyMap<string, ScheduledOperation>,
    next: (urn: string) => readonly string[],
  ): ScheduledOperation | undefined => {
    const seen = new Set<string>();
    const queue = [...urns];
    let last: ScheduledOperation | undefined;
    for (let urn = queue.pop(); urn !== undefined; urn = queue.pop()) {
      if (seen.has(urn)) continue;
      seen.add(urn);
      const operation = took.get(urn);
      if (operation === undefined) queue.push(...next(urn));
      else last = later(last, operation);
    }
    return last;
  };
  const lastDependency = (urn: string): ScheduledOperation | undefined => {
    const dependenciesOf = (of: string): readonly string[] => after.get(of)?.dependencies ?? [];
    return lastAmong(dependenciesOf(urn), applied, dependenciesOf);
  };

  const lastApply = new Map<string, number>();
  operations.forEach((operation, index) => {
    if (operation.kind !== "delete") lastApply.set(operation.urn, index);
  });
  operations.forEach((operation, index) => {
    let waitedFor: ScheduledOperation | undefined;
    if (operation.kind === "delete") {
      const dependentsOfUrn = (urn: string): readonly string[] => dependents.get(urn) ?? [];
      waitedFor = lastAmong(dependentsOfUrn(operation.urn), deleted, dependentsOfUrn);
      const isDeletedBeforeReplace = (lastApply.get(operation.urn) ?? -1) > index;
      if (isDeletedBeforeReplace) waitedFor = later(waitedFor, lastDependency(operation.urn));
      else for (const one of applied.values()) waitedFor = later(waitedFor, one);
    } else {
      waitedFor = later(lastDependency(operation.urn), deleted.get(operation.urn));
    }
    const start = waitedFor?.finish ?? 0;
    const entry: ScheduledOperation = {
      ...operation,
      start,
      finish: start + operation.seconds,
      ...(waitedFor === undefined ? {} : { waitedFor }),
    };
    (operation.kind === "delete" ? deleted : applied).set(operation.urn, entry);
    scheduled.push(entry);
  });
  return scheduled;
}

function later(a: ScheduledOperation | undefined, b: ScheduledOperation | undefined): ScheduledOperation | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.finish > a.finish ? b : a;
}

function dependentsOf(graph: ResourceGraph): Map<string, string[]> {
  const dependents = new Map<string, string[]>();
  for (const { urn, dependencies } of graph.values())
    for (const dependency of dependencies) {
      const known = dependents.get(dependency);
      if (known === undefined) dependents.set(dependency, [urn]);
      else known.push(urn);
    }
  return dependents;
}

/** Seconds until everything is done. */
export function totalSeconds(scheduled: readonly ScheduledOperation[]): number {
  return scheduled.reduce((last, operation) => Math.max(last, operation.finish), 0);
}

/** The chain of operations that ends last, from its beginning: what has to get faster for the whole to get faster. */
export function criticalPath(scheduled: readonly ScheduledOperation[]): ScheduledOperation[] {
  let last: ScheduledOperation | undefined;
  for (const operation of scheduled) last = later(last, operation);
  const path: ScheduledOperation[] = [];
  for (let at = last; at !== undefined; at = at.waitedFor) path.unshift(at);
  return path;
}

/** Pairs of operations of which one begins before the other has ended. */
export function overlapping(scheduled: readonly ScheduledOperation[]): [ScheduledOperation, ScheduledOperation][] {
  const ordered = scheduled.toSorted((a, b) => a.start - b.start);
  return ordered
    .slice(1)
    .flatMap((next, index) => {
      const previous = ordered[index];
      return previous !== undefined && next.start < previous.finish ? [[previous, next] as const] : [];
    })
    .map(([a, b]) => [a, b]);
}
