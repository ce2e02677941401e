/** What a preview says, as far as a comment needs it. */
export interface PreviewSummary {
  readonly stack: string;
  /** Number of resources by operation, such as `{ create: 3, same: 40 }`. */
  readonly changes: Readonly<Record<string, number>>;
  /** Output of `pulumi preview --diff`; Pulumi has already replaced secrets by `[secret]`. */
  readonly diff: string;
  /** Whether the preview itself failed. */
  readonly failed: boolean;
}

/** GitHub refuses comments over 65,536 characters; room is left for what stands around the diff. */
const longestDiff = 60_000;

/** The hidden line by which the comment of a stack is found again. */
export function commentMarker(stack: string): string {
  return `<!-- grappe preview: ${stack} -->`;
}

/** Renders (pure) the one comment of a stack's preview, in Markdown. */
export function renderComment(preview: PreviewSummary): string {
  const changing = Object.entries(preview.changes).filter(([operation, count]) => operation !== "same" && count > 0);
  const summary = changing.length === 0 ? "no changes" : changing.map(([op, count]) => `${count} ${op}`).join(", ");
  const headline = preview.failed ? "the preview **failed**" : summary;
  return [
    commentMarker(preview.stack),
    `### \`${preview.stack}\`: ${headline}`,
    "",
    "<details><summary>pulumi preview --diff</summary>",
    "",
    ...fenced(shortened(preview.diff)),
    "",
    "</details>",
    "",
  ].join("\n");
}

function shortened(diff: string): string {
  if (diff.length <= longestDiff) return diff;
  return `${diff.slice(0, longestDiff)}\n… ${diff.length - longestDiff} more characters: see the job's log.`;
}

/** A fence longer than any run of backticks in the text, so that the text can't close it. */
function fenced(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}diff`, text.trimEnd(), fence];
}
