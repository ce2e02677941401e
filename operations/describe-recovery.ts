import type { Candidate } from "../runtime/recovery/adoption.ts";
import type { RecoveryPlan } from "../runtime/recovery/recover-stack.ts";
import { nameOf, type PendingOperation } from "../runtime/state/deployment.ts";
import { describeLock } from "../runtime/state/run-lock.ts";

const again = "the next run does it again";
const then = { replace: ", unfinished: the next run makes it anew", resume: ": the next run goes on with it" };

function leftBy({ description, id, unfinished }: Candidate): string {
  return `left ${description} (${id})${unfinished === undefined ? "" : then[unfinished]}`;
}

function outcomeOf({ type, resource: { urn } }: PendingOperation, plan: RecoveryPlan): string {
  const created = plan.adoptions.find(({ creation }) => creation.urn === urn);
  const deleted = plan.uninstallations.find(({ release }) => release.urn === urn);
  if (type === "creating" && created !== undefined) return leftBy(created.found);
  if (type === "deleting" && deleted !== undefined) return deleted.found === undefined ? "it is gone" : again;
  if (plan.unasked.has(urn)) return `the cluster can't be asked; ${again}`;
  return type === "creating" ? `left nothing; ${again}` : again;
}

/** What a plan does (pure), one line for each thing. */
export function describeRecovery(plan: RecoveryPlan): string[] {
  const { locks, interrupted, adoptions } = plan;
  const operations = interrupted.map((each) => `  ${each.type} ${nameOf(each.resource.urn)}: ${outcomeOf(each, plan)}`);
  const unlocked = locks?.map((lock) => `The lock of a run that is over is taken away: ${describeLock(lock)}.`);
  const adopted = new Set(adoptions.map(({ creation }) => creation.urn)).size;
  return [
    ...(unlocked ?? ["The lock of a run is taken away, if there is one."]),
    ...(operations.length === 0 ? ["No operation was interrupted."] : ["Interrupted operations:", ...operations]),
    ...(adopted === 0 ? [] : [`What is left (${adopted}) gets into the state.`]),
  ];
}
