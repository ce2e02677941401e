import { refuseUnless } from "./ask.ts";
import { describeOutputs, outputLines } from "./outputs.ts";
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

/**
 * Shows what would change, asks, makes the stack as its settings say, and shows its outputs.
 *
 * @returns whether it is so now
 */
export async function upStack({ name, yes, diff, json }: UpRequest): Promise<boolean> {
  const stream = json ? process.stderr : process.stdout;
  return await withStack(name, async ({ stack, providers }) => {
    stream.write(`providers: ${providers}\n`);
    if (!yes) {
      const summary = await previewStack({ stack, diff, write: (text) => stream.write(text) });
      if (summary.failed) return false;
      if (hasChanges(summary)) await refuseUnless(`Make ${name} so?`);
    }
    const result = await runStack({ stack, phase: "up", write: (line) => stream.write(`${line}\n`) });
    const outputs = await stack.outputs();
    if (json) process.stdout.write(`${JSON.stringify({ ...result, outputs: describeOutputs(outputs) })}\n`);
    else stream.write(`${outputLines(describeOutputs(outputs)).join("\n")}\n`);
    return true;
  });
}
