import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { putComment, threadOf } from "./comment-thread.ts";
import { type PreviewSummary, renderComment } from "./preview-comment.ts";

export interface PreviewRequest {
  readonly stack: Stack;
  /** Every property that would change, too. */
  readonly diff: boolean;
  /** Takes what the engine prints. */
  readonly write: (text: string) => void;
}

/** Previews a stack. Changes nothing. */
export async function previewStack({ stack, diff, write }: PreviewRequest): Promise<PreviewSummary> {
  const lines: string[] = [];
  const onOutput = (text: string) => {
    lines.push(text);
    write(text);
  };
  const summary = (changes: PreviewSummary["changes"], failed: boolean): PreviewSummary => ({
    stack: stack.name,
    changes,
    diff: lines.join(""),
    failed,
  });
  try {
    const { changeSummary } = await stack.preview({ diff, color: "never", onOutput, onError: onOutput });
    return summary(changeSummary, false);
  } catch {
    return summary({}, true);
  }
}

/** Puts a preview into the pull or merge request of this CI job, as one comment that is updated in place. */
export async function commentOnPreview(summary: PreviewSummary): Promise<"added" | "updated"> {
  return await putComment(threadOf(process.env), summary.stack, renderComment(summary));
}

/** Whether anything would change. */
export function hasChanges({ changes }: Pick<PreviewSummary, "changes">): boolean {
  return Object.entries(changes).some(([operation, count]) => operation !== "same" && count > 0);
}
