import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shellAssignments, shellQuote } from "../../../components/host/shell-assignments.ts";

describe("shell assignments", () => {
  test("bash reads every value back as it was, without expanding anything", () => {
    const value = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0") && !text.endsWith("\n"));
    fc.assert(
      fc.property(value, (text) => {
        const script = 'eval "$(cat)"; printf %s "$value"';
        const input = shellAssignments({ value: text });
        expect(execFileSync("bash", ["-c", script], { input, encoding: "utf8" })).toBe(text);
      }),
      { numRuns: 40, examples: [["$(id) `id` $HOME \\ ' \" \n; rm -rf /"], ["'"], [""]] },
    );
  });

  test("refuses what a shell can't hold", () => {
    expect(() => shellAssignments({ "a-b": "x" })).toThrow("not a shell variable's name: a-b");
    expect(() => shellAssignments({ a: "x\0y" })).toThrow("a holds a NUL byte");
    expect(() => shellQuote("\0")).toThrow("NUL");
  });
});
