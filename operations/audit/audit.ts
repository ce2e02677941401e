import { RunError } from "@pulumi/pulumi/errors.js";
import { readStack } from "../status/read-state.ts";
import type { Subject } from "../status/status.ts";
import { table } from "../status/table.ts";
import { whyUnanswered } from "../status/why-unanswered.ts";
import { isSomebodysChange } from "./audit-events.ts";
import { type AuditReading, readAudit } from "./read-audit.ts";

export interface AuditOptions {
  readonly since: Date;
  /** Also what was only read, and what the cluster's own programs did. */
  readonly all: boolean;
  readonly json: boolean;
}

/** What was done as lines (pure), for people; times in UTC. */
export function auditLines({ events, unanswered }: AuditReading, label: string): readonly string[] {
  const rows = events.map(({ when, who, did, what, from, answer }) => [
    `${when.toISOString().slice(0, 19)}Z`,
    who,
    did,
    what,
    from,
    answer === undefined ? "" : String(answer),
  ]);
  const missing = unanswered.map(({ server, reason }) => `- ${server}: its log can't be read: ${reason}`);
  const found =
    rows.length === 0
      ? [`${label}: nobody changed anything`]
      : table([["WHEN", "WHO", "DID", "WHAT", "FROM", "ANSWER"], ...rows]);
  return missing.length === 0 ? found : [...found, "", ...missing];
}

/**
 * Tells who changed what.
 *
 * @returns whether every server's log was read
 * @throws RunError if the stack has no cluster, or its API doesn't answer
 */
export async function tellAudit({ stack, label, commands }: Subject, options: AuditOptions): Promise<boolean> {
  const { outputs } = await readStack(stack);
  if (outputs.kubeconfig === undefined) throw new RunError(`${label}: It has no cluster yet. Fix: ${commands.up}`);
  const reading = await readAudit(outputs.kubeconfig, options.since).catch((error: unknown) => {
    throw new RunError(`${label}: Its API doesn't answer: ${whyUnanswered(error)}. Fix: ${commands.up}`);
  });
  const events = options.all ? reading.events : reading.events.filter(isSomebodysChange);
  const shown = { ...reading, events };
  const text = options.json
    ? JSON.stringify({ stack: label, since: options.since.toISOString(), ...shown })
    : auditLines(shown, label).join("\n");
  process.stdout.write(`${text}\n`);
  return reading.unanswered.length === 0;
}
