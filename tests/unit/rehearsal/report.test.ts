import { describe, expect, it } from "vitest";
import { benchTable } from "../../../rehearsal/bench-table.ts";
import { describeLeftovers, duration, phaseLine } from "../../../rehearsal/report.ts";

describe("reports", () => {
  it.each([
    [0.4, "0 s"],
    [59.6, "1 min 00 s"],
    [382, "6 min 22 s"],
  ])("write %d s as %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it("count only what happened", () => {
    const phase = {
      op: "up" as const,
      ok: true,
      create: 3,
      update: 0,
      replace: 0,
      delete: 0,
      same: 2,
      seconds: 1.25,
      simulatedSeconds: 61,
    };
    const line = phaseLine({ ...phase, changes: [], scheduled: [], errors: [], warnings: [] });
    expect(line).toMatch(/^up\s+3 create, 2 same\s+1\.3 s {2}simulated 1 min 01 s$/);
  });

  it("name the first of what is left, and count the rest", () => {
    const urn = (name: string) => `urn:pulumi:pi::grappe::grappe:apps:Odoo$kubernetes:core/v1:Secret::${name}`;
    const left = [...["a", "b", "c", "d"].map(urn), "node pi-1", "Service odoo/odoo", "Pod odoo/x"];
    expect(describeLeftovers(left)).toBe(
      "a (kubernetes:core/v1:Secret), b (kubernetes:core/v1:Secret), c (kubernetes:core/v1:Secret), d (kubernetes:core/v1:Secret), node pi-1 and 2 more (--json names all)",
    );
    expect(describeLeftovers([])).toBe("none");
  });

  it("have a table of what the bench measured", () => {
    const table = benchTable([
      { agents: 3, resources: 9, stateBytes: 650_000, startUp: 1, preview: 2, up: 3, noOp: 1.5, simulatedSeconds: 60 },
    ]);
    expect(table.split("\n").at(-1)).toBe("| 3 | 9 | 0.7 MB | 1.0 s | 2.0 s | 3.0 s | 1.5 s | 1 min 00 s |");
  });
});
