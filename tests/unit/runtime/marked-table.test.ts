import { expect, test } from "vitest";
import { replaceTable } from "../../../runtime/marked-table.ts";

test("a table is put between a document's marks", () => {
  const document = "a\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nb";
  expect(replaceTable(document, "new")).toBe("a\n<!-- bench: begin -->\nnew\n<!-- bench: end -->\nb");
  expect(() => replaceTable("a", "new")).toThrow("bench: begin");
});
