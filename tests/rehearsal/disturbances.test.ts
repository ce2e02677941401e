import { describe, expect, it } from "vitest";
import { rehearseStack, settingsOf } from "./stack.ts";

/** Spread over a stack's life: machines, bootstrap, joins, memberships, platform, applications, and its end. */
const piFailures = ["pi-3-preflight", "::bootstrap$", "pi-2-server$", "metallb-release", "odoo-release"];
const devFailures = [
  "networking/subnet:Subnet",
  "bastion-instance",
  "api-public",
  "space-2-1-agent",
  "traefik-release",
];
const piKills = [5, 28, 41, 62, 80];
const devKills = [10, 37, 68, 111, 152];

describe.each([
  ...piFailures.map((pattern) => ["pi", pattern] as const),
  ...devFailures.map((pattern) => ["dev", pattern] as const),
])("%s, when %s fails", (stack, pattern) => {
  it("converges with the next up and leaves nothing", async () => {
    const life = await rehearseStack(settingsOf(stack), { disturbance: { fail: new RegExp(pattern) } });
    expect(life.disturbed).toMatch(/^failed: /);
    expect(life.problems).toEqual([]);
  });
});

describe.each([...piKills.map((at) => ["pi", at] as const), ...devKills.map((at) => ["dev", at] as const)])(
  "%s, when the engine is killed at operation %i",
  (stack, killAt) => {
    it("converges with the next up and leaves nothing", async () => {
      const life = await rehearseStack(settingsOf(stack), { disturbance: { killAt } });
      expect(life.disturbed).toMatch(/^killed /);
      expect(life.problems).toEqual([]);
    });
  },
);
