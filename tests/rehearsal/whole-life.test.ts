import { describe, expect, it } from "vitest";
import { cycleIn } from "../../rehearsal/timeline/resource-graph.ts";
import { rehearseStack, settingsOf, withRoom } from "./stack.ts";

describe.each(["pi", "dev"])("the whole life of %s", (stack) => {
  it("comes up, stays the same, previews empty, and leaves nothing", async () => {
    const life = await rehearseStack(settingsOf(stack));
    expect(life.problems).toEqual([]);
    expect(life.phases.map(({ op }) => op)).toEqual(["up", "up", "preview", "destroy"]);
    const [first, second, preview, destroy] = life.phases;
    expect(second).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0, same: first?.create });
    expect(preview).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    expect(destroy?.delete).toBe(first?.create);
    expect(life.leftovers).toEqual([]);
    expect(life.leaks).toEqual([]);
    expect(cycleIn(life.graph)).toBeUndefined();
    expect(life.criticalPath.length).toBeGreaterThan(5);
    expect(life.simulatedSeconds).toBeGreaterThan(60);
  });
});

describe("agents", () => {
  it("join at the same time: fifty take as long as three", async () => {
    const three = await rehearseStack(settingsOf("pi", 3), { phases: ["up"] });
    const fifty = await rehearseStack(settingsOf("pi", 50), { phases: ["up"] });
    expect([...three.problems, ...fifty.problems]).toEqual([]);
    expect(fifty.resources).toBeGreaterThan(three.resources + 47 * 7);
    // No script of ours is in there: some 25 kB each.
    expect((fifty.stateBytes - three.stateBytes) / (fifty.resources - three.resources)).toBeLessThan(8_000);
    expect(Math.abs(fifty.simulatedSeconds / three.simulatedSeconds - 1)).toBeLessThan(0.1);
  });
});

describe("an address that the load balancer chooses", () => {
  it("is asked of the Service that the chart made", async () => {
    const settings = withRoom(settingsOf("pi"), "apps", ({ odoo, ...rest }) => ({
      ...rest,
      odoo: { ...Object(odoo), expose: { by: "loadBalancer" } },
    }));
    const life = await rehearseStack(settings);
    expect(life.problems).toEqual([]);
    expect(life.leftovers).toEqual([]);
  });
});
