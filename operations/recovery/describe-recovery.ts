import { nameOf } from "./deployment.ts";
import type { RecoveryPlan } from "./recover-stack.ts";
import { describeLock } from "./run-lock.ts";

/** What a plan does (pure), one line for each thing. */
export function describeRecovery({ locks, interrupted, adoptions }: RecoveryPlan): string[] {
  const byUrn = new Map(adoptions.map(({ creation, found }) => [creation.urn, found]));
  const operations = interrupted.map(({ type, resource: { urn } }) => {
    const found = byUrn.get(urn);
    const left =
      found === undefined ? "left nothing; the next run does it again" : `left ${found.description} (${found.id})`;
    const then = found?.unfinished === true ? ", unfinished: the next run makes it anew" : "";
    return `  ${type} ${nameOf(urn)}: ${type === "creating" ? `${left}${then}` : "the next run does it again"}`;
  });
  const unlocked = locks?.map((lock) => `The lock of a run that is over is taken away: ${describeLock(lock)}.`);
  return [
    ...(unlocked ?? ["The lock of a run is taken away, if there is one."]),
    ...(operations.length === 0 ? ["No operation was interrupted."] : ["Interrupted operations:", ...operations]),
    ...(byUrn.size === 0 ? [] : [`What is left (${byUrn.size}) gets into the state.`]),
  ];
}
