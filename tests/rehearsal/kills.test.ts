import { describe, expect, it } from "vitest";
import { rehearseStack, settingsOf } from "./stack.ts";

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
