import { RunError } from "@pulumi/pulumi/errors.js";
import { refuseUnless } from "./ask.ts";
import { explainEngineOutput } from "./errors/explain-engine-error.ts";
import { UsageError } from "./errors/usage-error.ts";
import { describeOutputs, outputLines } from "./outputs.ts";
import type { PreviewSummary } from "./preview-comment.ts";
import { hasChanges, previewStack } from "./preview-stack.ts";
import { runStack } from "./run-stack.ts";
import { withStack } from "./stack.ts";

export interface UpRequest {
  readonly name: string;
  /** Doesn't ask, and so previews nothing. */
  readonly yes: boolean;
  readonly diff: boolean;
  readonly json: boolean;
}

function previewFailure(name: string, { diff }: PreviewSummary): RunError {
  const message = `The preview of ${name} failed; the lines above say where and why. Nothing was changed.`;
  return explainEngineOutput(diff).refused ? new UsageError(message) : new RunError(message);
}

/**
 * Shows what would change, asks, makes the stack as its settings say, and shows its outputs.
 *
 * @throws RunError if it isn't so now. UsageError if the settings were refused
 */
export async function upStack({ name, yes, diff, json }: UpRequest): Promise<void> {
  const stream = json ? process.stderr : process.stdout;
  await withStack(name, async ({ stack, providers, releaseWait }) => {
    stream.write(`providers: ${providers}\n`);
    if (!yes) {
      const summary = await previewStack({ stack, diff, write: (text) => stream.write(text) });
      if (summary.failed) throw previewFailure(name, summary);
      if (hasChanges(summary)) await refuseUnless(`Make ${name} so?`);
    }
    const result = await runStack({ stack, releaseWait, phase: "up", write: (line) => stream.write(`${line}\n`) });
    const outputs = await stack.outputs();
    if (json) process.stdout.write(`${JSON.stringify({ ...result, outputs: describeOutputs(outputs) })}\n`);
    else stream.write(`${outputLines(describeOutputs(outputs)).join("\n")}\n`);
  });
}
