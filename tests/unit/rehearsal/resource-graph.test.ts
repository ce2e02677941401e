import { describe, expect, it } from "vitest";
import { cycleIn, graphOfState } from "../../../rehearsal/timeline/resource-graph.ts";

const urn = (name: string) => `urn:pulumi:s::grappe::t::${name}`;
const stateOf = (resources: readonly unknown[], pending: readonly unknown[] = []) =>
  JSON.stringify({ checkpoint: { latest: { resources, pending_operations: pending } } });

describe("graphOfState", () => {
  it("takes every kind of dependency", () => {
    const graph = graphOfState(
      stateOf([
        {
          urn: urn("a::b"),
          type: "t",
          id: "1",
          custom: true,
          parent: urn("parent"),
          provider: `${urn("provider")}::id-1`,
          deletedWith: urn("machine"),
          dependencies: [urn("x")],
          propertyDependencies: { p: [urn("y"), urn("x")], q: null },
        },
      ]),
    );
    expect(graph.get(urn("a::b"))).toMatchObject({ name: "a::b", custom: true, id: "1" });
    expect(graph.get(urn("a::b"))?.dependencies.toSorted()).toEqual(
      ["machine", "parent", "provider", "x", "y"].map(urn),
    );
  });

  it("is empty without a deployment", () => {
    expect(graphOfState('{"checkpoint":{"latest":null}}').size).toBe(0);
  });
});

describe("cycleIn", () => {
  it("finds a cycle, and none where there is none", () => {
    const resource = (name: string, ...dependencies: string[]) => ({
      ...{ urn: urn(name), type: "t" },
      dependencies: dependencies.map(urn),
    });
    expect(cycleIn(graphOfState(stateOf([resource("a", "b"), resource("b", "c"), resource("c")])))).toBeUndefined();
    const cycle = cycleIn(graphOfState(stateOf([resource("a", "b"), resource("b", "c"), resource("c", "b")])));
    expect(cycle).toEqual(["b", "c", "b"].map(urn));
  });
});
