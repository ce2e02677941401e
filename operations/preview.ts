import { parseArgs } from "node:util";
import { putComment, threadOf } from "./comment-thread.ts";
import { type PreviewSummary, renderComment } from "./preview-comment.ts";
import { openStack } from "./stack.ts";

const usage = `npm run preview -- STACK [--comment]

Previews a stack with all differences. Changes nothing.

  --comment   put the result into the pull or merge request of this CI job, as one comment that is updated in place`;

async function preview(name: string): Promise<PreviewSummary> {
  const lines: string[] = [];
  const onOutput = (text: string) => {
    lines.push(text);
    process.stdout.write(text);
  };
  const stack = await openStack(name);
  try {
    const { changeSummary } = await stack.preview({ diff: true, color: "never", onOutput, onError: onOutput });
    return { stack: name, changes: changeSummary, diff: lines.join(""), failed: false };
  } catch {
    return { stack: name, changes: {}, diff: lines.join(""), failed: true };
  }
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { comment: { type: "boolean" } } });
const [name] = positionals;
if (name === undefined || positionals.length > 1) {
  console.error(usage);
  process.exit(2);
}
const summary = await preview(name);
if (values.comment) {
  console.error(`comment ${await putComment(threadOf(process.env), name, renderComment(summary))}`);
}
process.exit(summary.failed ? 1 : 0);
