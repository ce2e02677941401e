import assert from "node:assert/strict";

const BEGIN = "<!-- bench: begin -->";
const END = "<!-- bench: end -->";

/** The document with what stands between its two marks, a benchmark's table, replaced. @throws if it lacks them */
export function replaceTable(document: string, table: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  assert(begin >= 0 && end >= begin, `The document has no ${BEGIN} … ${END}.`);
  return `${document.slice(0, begin + BEGIN.length)}\n${table}\n${document.slice(end)}`;
}
