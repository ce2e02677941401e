import { describe, expect, it } from "vitest";
import type { Phase } from "../../rehearsal/phase.ts";
import { smallDev } from "./small-dev.ts";
import { changed, rehearseStack, withPools } from "./stack.ts";

function withFlavor(flavor: string) {
  return withPools(smallDev(), (pools) => pools.map((pool) => ({ ...pool, flavor })));
}

function outcomes(phases: readonly Phase[]): string[] {
  return phases.map(({ op, ok }) => `${op} ${ok ? "ok" : "failed"}`);
}

const stands = ["up ok", "up ok", "preview ok"];

describe("an instance whose build OpenStack gives up", () => {
  it("is told with the fix at once, and again until it is done; then the next up is clean", async () => {
    const life = await rehearseStack(smallDev(), { disturbance: { giveUp: /^create .*space-1-1-instance$/ } });
    expect(life.problems).toEqual([]);
    expect(outcomes(life.phases)).toEqual(["up failed", "up failed", "refresh ok", ...stands, "destroy ok"]);
    const [first, second, , third] = life.phases;
    const fix =
      /^(One or more errors occurred: )?space-1-1: OpenStack has its instance in the state ERROR: .* Fix: openstack server delete \S+; then pulumi refresh/;
    expect(first?.errors).toEqual([expect.stringMatching(/waiting for instance .* unexpected state 'ERROR'/)]);
    expect(first?.warnings).toEqual([expect.stringMatching(fix)]);
    expect(second?.errors).toEqual([expect.stringMatching(fix)]);
    expect(third?.changes.map(({ op }) => op)).not.toContain("replace");
  });
});

describe("another flavor", () => {
  it("whose resize fails is tried again after the refresh that the run asks for", async () => {
    const life = await rehearseStack(smallDev(), {
      change: withFlavor("m1.large"),
      disturbance: { giveUp: /^update .*space-1-1-instance$/ },
    });
    expect(life.problems).toEqual([]);
    expect(outcomes(life.phases)).toEqual([...stands, "up failed", "refresh ok", "up ok", "up ok", "destroy ok"]);
    const failed = life.phases[3];
    expect(failed?.errors).toEqual([expect.stringMatching(/to resize: unexpected state 'ACTIVE'/)]);
    expect(failed?.warnings).toEqual(["space-1-1: its resize failed. Before the next up: pulumi refresh."]);
    expect(changed(life)).toEqual({ update: ["space-1-1-instance"] });
  });

  it("with a smaller disk is refused before anything is touched; the flavor corrected, nothing is to be done", async () => {
    const life = await rehearseStack(smallDev(), {
      change: [withFlavor("m1.small"), smallDev()],
      disks: { "m1.medium": 40, "m1.small": 20 },
    });
    expect(outcomes(life.phases)).toEqual([...stands, "up failed", "up failed", "up ok", "up ok", "destroy ok"]);
    for (const phase of life.phases.slice(3, 5)) {
      expect(phase.errors).toEqual([
        expect.stringMatching(/space-1-1 can't become m1\.small: its disk has 40 GiB by m1\.medium, m1\.small has 20/),
      ]);
      expect(phase.scheduled.map(({ name }) => name)).toEqual([]);
    }
    expect(changed(life)).toEqual({});
    expect(life.leftovers).toEqual([]);
  });
});
