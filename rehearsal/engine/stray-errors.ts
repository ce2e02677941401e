import { setTimeout as sleep } from "node:timers/promises";

/**
 * How long it must have been quiet until a dead engine's program counts as ended, and how long that is waited for. gRPC pauses
 * for 1 s, 1.6 s and 2.6 s between its dials (grpc's connection-backoff.md), and calls in between fail with the next dial.
 */
const QUIET_MILLISECONDS = 3000;
const LONGEST_MILLISECONDS = 30_000;

function isUnavailable(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === 14 || error.code === 1);
}

/**
 * The errors of a program whose engine was killed: it runs in this process, and each of its calls that is still open fails in
 * its own time. Nobody waits for them any more, and the next run must not be blamed for them.
 */
export class StrayErrors {
  #last = 0;
  readonly #note = (error: unknown): void => {
    this.#last = performance.now();
    if (!isUnavailable(error)) process.emitWarning(`A program whose engine is gone failed: ${String(error)}`);
  };

  /** Runs `work` with stray errors noted instead of ending this process, and returns once no more of them come. */
  async settled(work: () => Promise<void>): Promise<void> {
    process.on("unhandledRejection", this.#note);
    process.on("uncaughtException", this.#note);
    try {
      await work();
      const began = performance.now();
      this.#last = began;
      while (performance.now() - this.#last < QUIET_MILLISECONDS && performance.now() - began < LONGEST_MILLISECONDS)
        await sleep(100);
    } finally {
      process.off("unhandledRejection", this.#note);
      process.off("uncaughtException", this.#note);
    }
  }
}
