import { describe, expect, it } from "vitest";
import { rehearseStack, settingsOf } from "./stack.ts";

/** Ten points of two stacks' lives: machines, networks, bootstrap, joins, platform, applications. */
const failures = [
  ["pi", "pi-3-preflight"],
  ["pi", "::bootstrap$"],
  ["pi", "pi-2-server$"],
  ["pi", "metallb-release"],
  ["pi", "odoo-release"],
  ["dev", "networking/subnet:Subnet"],
  ["dev", "bastion-instance"],
  ["dev", "api-public"],
  ["dev", "space-2-1-agent"],
  ["dev", "traefik-release"],
] as const;

describe.each(failures)("%s, when %s fails", (stack, pattern) => {
  it("converges with the next up and leaves nothing", async () => {
    const life = await rehearseStack(settingsOf(stack), { disturbance: { fail: new RegExp(pattern) } });
    expect(life.disturbed).toMatch(/^failed: /);
    expect(life.problems).toEqual([]);
  });
});
