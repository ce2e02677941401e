import { describe, expect, it } from "vitest";
import { drawGraph } from "../../../rehearsal/timeline/draw-graph.ts";
import { layOutBars } from "../../../rehearsal/timeline/draw-timeline.ts";
import { graphOfState } from "../../../rehearsal/timeline/resource-graph.ts";
import { schedule } from "../../../rehearsal/timeline/schedule.ts";

describe("drawings", () => {
  const resource = (name: string, dependencies: string[]) => ({
    urn: `u::s::t::${name}`,
    type: "command:remote:Command",
    custom: true,
    dependencies,
  });
  const urn = (name: string) => `u::s::t::${name}`;
  const resources = [resource("<a>", []), resource("b", [urn("<a>")]), resource("c", [urn("<a>"), urn("b")])];
  const graph = graphOfState(JSON.stringify({ checkpoint: { latest: { resources } } }));
  const operation = (name: string, seconds: number) => ({
    kind: "create" as const,
    urn: urn(name),
    name,
    type: "command:remote:Command",
    seconds,
  });
  const scheduled = schedule(new Map(), graph, [operation("<a>", 1), operation("b", 2), operation("c", 3)]);

  it("leave out edges that follow from others, and escape names", () => {
    const svg = drawGraph("pi", graph, scheduled);
    expect(svg.match(/<path /g)).toHaveLength(2);
    expect(svg).toContain("&lt;a&gt;");
    expect(svg).not.toContain("<a>");
    expect(svg.match(/<rect /g)).toHaveLength(1 + 3 + 3);
  });

  it("give bars that overlap rows of their own", () => {
    const parallel = schedule(new Map(), graphOfState('{"checkpoint":{}}'), [operation("x", 5), operation("y", 5)]);
    expect(layOutBars(parallel, 10).map(({ row }) => row)).toEqual([0, 1]);
  });
});
