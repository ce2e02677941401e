import { describe, expect, it } from "vitest";
import { changed, rehearseStack, settingsOf, withRoom } from "./stack.ts";

/** Ten points spread over two stacks' lives; odd ones die before the operation has its effect, even ones after it. */
const kills = [
  ...[5, 28, 41, 62, 80].map((at) => ["pi", at] as const),
  ...[10, 37, 68, 111, 152].map((at) => ["dev", at] as const),
];

describe.each(kills)("%s, when the engine is killed at operation %i", (stack, killAt) => {
  it("converges with the next up and leaves nothing", async () => {
    const life = await rehearseStack(settingsOf(stack), { disturbance: { killAt } });
    expect(life.disturbed).toMatch(/^killed /);
    expect(life.problems).toEqual([]);
  });
});

describe("pi, when Helm dies with the engine", () => {
  const settings = settingsOf("pi");
  const withoutOdoo = withRoom(settings, "apps", ({ odoo: _, ...apps }) => apps);

  it("in the middle of an installation: the next up goes on with what is pending", async () => {
    const life = await rehearseStack(settings, { disturbance: { killAt: /^create .*metallb-release$/ } });
    expect(life.disturbed).toContain("create metallb-release");
    expect(life.problems).toEqual([]);
  });

  it("at the end of a removal: what is gone isn't removed once more", async () => {
    const disturbance = { killAt: /^delete .*odoo-release$/ };
    const life = await rehearseStack(settings, { change: withoutOdoo, disturbance });
    expect(life.disturbed).toContain("delete odoo-release");
    expect(life.problems).toEqual([]);
    expect(changed(life).create ?? []).toEqual([]);
  });
});
