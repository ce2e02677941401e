import { setTimeout as delay } from "node:timers/promises";

const firstPauseMilliseconds = 100;
const pauseFactor = 1.5;
const longestPauseMilliseconds = 5_000;

/** How long (pure) the official provider pauses after its `attempt`th failed dial, counted from 0. */
export function pauseAfter(attempt: number): number {
  return Math.min(firstPauseMilliseconds * pauseFactor ** attempt, longestPauseMilliseconds);
}

export interface DialRetry {
  /** Begins the status lines: `Dial 3/30 failed: retrying`. */
  readonly what: string;
  /** How many dials may fail before the run does; -1: any number. */
  readonly limit: number;
  readonly signal: AbortSignal;
  status(message: string): void;
}

/** Another machine answered than the one that is pinned. */
export class HostKeyMismatch extends Error {
  override readonly name = "HostKeyMismatch";
}

/**
 * Dials again after a failure, as the official provider does: growing pauses, up to the limit of failed dials. Unlike there,
 * a wrong host key ends it at once: the next dial would meet the same machine.
 */
export async function dialWithRetry<Connection>(
  retry: DialRetry,
  dial: () => Promise<Connection>,
): Promise<Connection> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await dial();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof HostKeyMismatch) throw error;
      if (retry.limit > -1 && attempt + 1 > retry.limit) {
        throw new Error(`after ${attempt} failed attempts: ${reason}`, { cause: error });
      }
      retry.status(`${retry.what} ${attempt + 1}/${retry.limit === -1 ? "inf" : retry.limit} failed: retrying`);
      await delay(pauseAfter(attempt), undefined, { signal: retry.signal });
    }
  }
}
