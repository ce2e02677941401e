import { describe, expect, it } from "vitest";
import { countsIn, renderOutcomes } from "../../nightly.ts";

describe("the nightly run", () => {
  it("counts what vitest says, in colours too, and what has no counts by its exit code", () => {
    const coloured =
      "\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[31m3 failed\u001b[39m | \u001b[32m120 passed\u001b[39m (123)\n";
    expect(countsIn(coloured, 1)).toEqual({ passed: 120, failed: 3 });
    expect(countsIn(" Tests  5 passed (5)\n Tests  7 passed (7)\n", 0)).toEqual({ passed: 12, failed: 0 });
    expect(countsIn(" Tests  5 passed (5)\nbiome: 1 error\n", 1)).toEqual({ passed: 5, failed: 1 });
    expect(countsIn(" Tests  5 passed (5)\nfresh: 3 passed, 1 failed\n", 1)).toEqual({ passed: 8, failed: 1 });
    expect(countsIn("nodes are Ready", 0)).toEqual({ passed: 1, failed: 0 });
    expect(countsIn("", 137)).toEqual({ passed: 0, failed: 1 });
  });

  it("ends with one table", () => {
    const text = renderOutcomes([
      { what: "check", seconds: 61.4, passed: 800, failed: 0 },
      { what: "lab", seconds: 3, passed: 0, failed: 1 },
    ]);
    expect(text).toBe(`| what | seconds | passed | failed | |
|---|---:|---:|---:|---|
| check | 61 | 800 | 0 | passed |
| lab | 3 | 0 | 1 | **failed** |

800 passed, 1 failed
`);
  });
});
