import { describe, expect, test } from "vitest";
import { commentMarker, renderComment } from "../../../operations/preview-comment.ts";

const preview = { stack: "pi", changes: { same: 40, create: 3, delete: 0 }, diff: "+ host", failed: false };

describe("the comment of a preview", () => {
  test("starts with the stack's marker, so that it is found again", () => {
    expect(renderComment(preview).split("\n")[0]).toBe(commentMarker("pi"));
  });

  test("counts what changes and leaves out what doesn't", () => {
    expect(renderComment(preview)).toContain("`pi`: 3 create\n");
    expect(renderComment({ ...preview, changes: { same: 40 } })).toContain("`pi`: no changes\n");
  });

  test("says so when the preview failed", () => {
    expect(renderComment({ ...preview, failed: true })).toContain("the preview **failed**");
  });

  test("a diff that holds a fence can't end the block", () => {
    const lines = renderComment({ ...preview, diff: "```\n</details>\n```" }).split("\n");
    expect(lines).toContain("````diff");
    expect(lines.filter((line) => line === "````")).toHaveLength(1);
  });

  test("stays below GitHub's limit and says what it left out", () => {
    const comment = renderComment({ ...preview, diff: "x".repeat(100_000) });
    expect(comment.length).toBeLessThan(65_536);
    expect(comment).toContain("… 40000 more characters");
  });
});
