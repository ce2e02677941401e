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

type Took = ReadonlyMap<string, ScheduledOperation>;
type Neighbours = (urn: string) => readonly string[];

/** The last operation to end among those that `urn` leads to by `next`; one that took part ends the search there. */
function lastBeyond(urn: string, took: Took, next: Neighbours): ScheduledOperation | undefined {
  const seen = new Set<string>();
  const queue = [...next(urn)];
  let last: ScheduledOperation | undefined;
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const operation = took.get(at);
    if (operation === undefined) queue.push(...next(at));
    else last = later(last, operation);
  }
  return last;
}

/** A phase's operations so far, and what a further one waits for. */
class Timeline {
  readonly #dependencies: Neighbours;
  readonly #dependents: Neighbours;
  readonly #applied = new Map<string, ScheduledOperation>();
  readonly #deleted = new Map<string, ScheduledOperation>();

  constructor(before: ResourceGraph, after: ResourceGraph) {
    const dependents = dependentsOf(before);
    this.#dependencies = (urn) => after.get(urn)?.dependencies ?? [];
    this.#dependents = (urn) => dependents.get(urn) ?? [];
  }

  #lastDependency(urn: string): ScheduledOperation | undefined {
    return lastBeyond(urn, this.#applied, this.#dependencies);
  }

  #awaitedByDeletion(urn: string, isAppliedLater: boolean): ScheduledOperation | undefined {
    const lastDependent = lastBeyond(urn, this.#deleted, this.#dependents);
    const others = isAppliedLater ? [this.#lastDependency(urn)] : this.#applied.values();
    return [...others].reduce(later, lastDependent);
  }

  /** @param isAppliedLater whether a deletion makes room for a replacement */
  add(operation: TimedOperation, isAppliedLater: boolean): ScheduledOperation {
    const { urn, kind, seconds } = operation;
    const waitedFor =
      kind === "delete"
        ? this.#awaitedByDeletion(urn, isAppliedLater)
        : later(this.#lastDependency(urn), this.#deleted.get(urn));
    const start = waitedFor?.finish ?? 0;
    const entry = { ...operation, start, finish: start + seconds, ...(waitedFor === undefined ? {} : { waitedFor }) };
    (kind === "delete" ? this.#deleted : this.#applied).set(urn, entry);
    return entry;
  }
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
  const timeline = new Timeline(before, after);
  const lastApply = new Map<string, number>();
  operations.forEach(({ kind, urn }, index) => {
    if (kind !== "delete") lastApply.set(urn, index);
  });
  return operations.map((operation, index) => timeline.add(operation, (lastApply.get(operation.urn) ?? -1) > index));
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
