import { describe, expect, it } from "vitest";
import { benchTable, replaceTable } from "../../../rehearsal/bench-table.ts";
import { duration, phaseLine } from "../../../rehearsal/report.ts";

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

  it("put the bench's table between its marks", () => {
    const table = benchTable([
      { agents: 3, resources: 9, startUp: 1, preview: 2, up: 3, noOp: 1.5, simulatedSeconds: 60 },
    ]);
    expect(table.split("\n").at(-1)).toBe("| 3 | 9 | 1.0 s | 2.0 s | 3.0 s | 1.5 s | 1 min 00 s |");
    const document = "a\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nb";
    expect(replaceTable(document, "new")).toBe("a\n<!-- bench: begin -->\nnew\n<!-- bench: end -->\nb");
    expect(() => replaceTable("a", "new")).toThrow("bench: begin");
  });
});
