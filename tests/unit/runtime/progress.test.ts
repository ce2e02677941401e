import { expect, test } from "vitest";
import { progressOf } from "../../../runtime/progress.ts";

test("progress says who, what and the seconds", async () => {
  const lines: string[] = [];
  const progress = progressOf("bundle", (line) => lines.push(line));
  expect(await progress.during(() => "packing", Promise.resolve(7))).toBe(7);
  expect(lines).toEqual(["bundle: packing (0 s)\n"]);
});
