import { describe, expect, it } from "vitest";
import type { GraphResource, ResourceGraph } from "../../../rehearsal/timeline/resource-graph.ts";
import {
  criticalPath,
  overlapping,
  schedule,
  type TimedOperation,
  totalSeconds,
} from "../../../rehearsal/timeline/schedule.ts";

function graphOf(dependencies: Readonly<Record<string, readonly string[]>>): ResourceGraph {
  const resource = (urn: string, waitsFor: readonly string[]): GraphResource => ({
    ...{ urn, type: "t", name: urn, id: urn, custom: true, parent: undefined, pendingDeletion: false },
    dependencies: waitsFor,
  });
  return new Map(Object.entries(dependencies).map(([urn, waitsFor]) => [urn, resource(urn, waitsFor)]));
}

const operation = (kind: TimedOperation["kind"], urn: string, seconds: number): TimedOperation => ({
  ...{ kind, urn, seconds },
  name: urn,
  type: "t",
});
const create = (urn: string, seconds: number) => operation("create", urn, seconds);
const remove = (urn: string, seconds: number) => operation("delete", urn, seconds);
const empty: ResourceGraph = new Map();
const times = (scheduled: ReturnType<typeof schedule>) =>
  scheduled.map(({ name, start, finish }) => [name, start, finish]);

describe("schedule", () => {
  it("runs side by side what doesn't depend on each other", () => {
    const graph = graphOf({ a: [], b: [], c: ["a", "b"] });
    const scheduled = schedule(empty, graph, [create("a", 3), create("b", 5), create("c", 2)]);
    expect(times(scheduled)).toEqual([
      ["a", 0, 3],
      ["b", 0, 5],
      ["c", 5, 7],
    ]);
    expect(totalSeconds(scheduled)).toBe(7);
    expect(criticalPath(scheduled).map(({ name }) => name)).toEqual(["b", "c"]);
  });

  it("waits through resources that stay as they are", () => {
    const graph = graphOf({ a: [], same: ["a"], c: ["same"] });
    expect(times(schedule(graph, graph, [operation("update", "a", 4), operation("update", "c", 1)]))).toEqual([
      ["a", 0, 4],
      ["c", 4, 5],
    ]);
  });

  it("deletes dependents first", () => {
    const graph = graphOf({ a: [], b: ["a"], c: ["a"] });
    expect(times(schedule(graph, empty, [remove("b", 2), remove("c", 6), remove("a", 1)]))).toEqual([
      ["b", 0, 2],
      ["c", 0, 6],
      ["a", 6, 7],
    ]);
  });

  it("deletes what is no longer wanted after everything else", () => {
    const before = graphOf({ old: [], kept: [] });
    const after = graphOf({ kept: [], fresh: [] });
    expect(times(schedule(before, after, [create("fresh", 5), remove("old", 1)]))).toEqual([
      ["fresh", 0, 5],
      ["old", 5, 6],
    ]);
  });

  it("deletes before replacing, dependents first, and goes on with the creations", () => {
    const graph = graphOf({ base: [], a: ["base"], b: ["a"] });
    const operations = [operation("update", "base", 2), remove("b", 1), remove("a", 1), create("a", 4), create("b", 1)];
    expect(times(schedule(graph, graph, operations))).toEqual([
      ["base", 0, 2],
      ["b", 2, 3],
      ["a", 3, 4],
      ["a", 4, 8],
      ["b", 8, 9],
    ]);
  });

  it("takes as long with many side by side as with a few", () => {
    const wide = (count: number) => {
      const agents = Array.from({ length: count }, (_, index) => `agent-${index}`);
      const graph = graphOf({ server: [], ...Object.fromEntries(agents.map((name) => [name, ["server"]])) });
      return totalSeconds(schedule(empty, graph, [create("server", 30), ...agents.map((name) => create(name, 10))]));
    };
    expect(wide(50)).toBe(wide(3));
  });
});

describe("overlapping", () => {
  it("finds what happens at the same time", () => {
    const graph = graphOf({ a: [], b: [], c: ["a", "b"] });
    const scheduled = schedule(empty, graph, [create("a", 3), create("b", 5), create("c", 2)]);
    expect(overlapping(scheduled).map(([first, second]) => [first.name, second.name])).toEqual([["a", "b"]]);
    expect(overlapping(scheduled.filter(({ name }) => name !== "a"))).toEqual([]);
  });
});
