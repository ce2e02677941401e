import { type ExitCode, exitCodes } from "../operations/errors/exit-codes.ts";
import { explainEngineOutput } from "../operations/errors/explain-engine-error.ts";
import type { PreviewSummary } from "../operations/preview-comment.ts";
import { jsonOption, stackArgument, verb } from "./verb.ts";

function exitCodeOf({ failed, diff }: PreviewSummary, changesUnexpectedly: boolean): ExitCode {
  if (failed) return explainEngineOutput(diff).refused ? exitCodes.refused : exitCodes.failed;
  return changesUnexpectedly ? exitCodes.failed : exitCodes.done;
}

/** `./grappe preview STACK`. */
export const preview = verb({
  command: "preview <stack>",
  describe: "show what `up` would change; changes nothing",
  builder: (program) =>
    program
      .positional("stack", stackArgument)
      .option("diff", { describe: "show every property that would change", type: "boolean", default: true })
      .option("comment", {
        describe: "put it into the pull or merge request of this CI job, as one comment that is updated in place",
        type: "boolean",
        default: false,
      })
      .option("expect-no-changes", {
        describe: `end with ${exitCodes.failed} if anything would change`,
        type: "boolean",
        default: false,
      })
      .option("json", jsonOption),
  handler: async ({ stack: name, diff, comment, expectNoChanges, json }) => {
    const { withStack } = await import("../operations/stack.ts");
    const { commentOnPreview, hasChanges, previewStack } = await import("../operations/preview-stack.ts");
    const stream = json ? process.stderr : process.stdout;
    const summary = await withStack(name, ({ stack }) =>
      previewStack({ stack, diff, write: (text) => stream.write(text) }),
    );
    if (json) process.stdout.write(`${JSON.stringify({ changes: summary.changes, failed: summary.failed })}\n`);
    if (comment) process.stderr.write(`comment ${await commentOnPreview(summary)}\n`);
    process.exitCode = exitCodeOf(summary, expectNoChanges && hasChanges(summary));
  },
});
