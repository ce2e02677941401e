import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { RunError } from "@pulumi/pulumi/errors.js";
import { describeChanges } from "../runtime/engine/changes.ts";
import { RunProgress } from "../runtime/engine/run-progress.ts";
import { explainEngineError } from "./errors/explain-engine-error.ts";
import { UsageError } from "./errors/usage-error.ts";
import { ReleaseWaits } from "./release-waits.ts";
import type { OpenStack } from "./stack.ts";

export interface StackRun extends Pick<OpenStack, "stack" | "releaseWait"> {
  readonly phase: "up" | "refresh" | "destroy";
  /** Takes a line for every change, and of what is waited for. */
  readonly write: (line: string) => void;
}

export interface StackRunResult {
  /** Number of resources by operation, such as `{ create: 3, same: 40 }`. */
  readonly changes: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Operations on hosts are many and wait for the network: more at once than the engine's default of 4 per processor. */
const parallel = 32;

/** What the engine's failure is to a user: what has been told isn't told again. */
function failureOf(error: unknown, what: string, isTold: boolean): unknown {
  const failure = explainEngineError(error);
  if (failure === undefined) return error;
  const message = isTold ? `${what}; the lines above say where and why.` : `${what}. ${failure.message}`;
  return failure.refused ? new UsageError(message) : new RunError(message);
}

/**
 * Runs the engine on a stack and tells it as it goes.
 *
 * @throws RunError if it failed; what failed has been written by then. UsageError if the settings were refused
 */
export async function runStack({ stack, releaseWait, phase, write }: StackRun): Promise<StackRunResult> {
  const began = performance.now();
  const progress = new RunProgress(write);
  const waits =
    releaseWait === undefined ? undefined : new ReleaseWaits(releaseWait, (urn, line) => progress.waits(urn, line));
  const changes: Record<string, number> = {};
  const onEvent = (event: EngineEvent) => {
    progress.event(event);
    waits?.event(event);
    Object.assign(changes, event.summaryEvent?.resourceChanges);
  };
  try {
    await stack[phase]({ onEvent, parallel });
  } catch (error) {
    throw failureOf(error, `${phase} of ${stack.name} failed`, progress.hasToldError);
  } finally {
    waits?.stop();
    progress.stop();
  }
  const result = { changes, seconds: (performance.now() - began) / 1_000 };
  write(`${phase}: ${describeChanges(changes)} in ${result.seconds.toFixed(1)} s`);
  return result;
}
