import { CronExpressionParser } from "cron-parser";
import type { Finding, Snapshot } from "./facts.ts";
import { spanText } from "./time.ts";

/**
 * When a five-field cron expression was due last up to a time, newest first (pure). In UTC, as hosts without another setting
 * have it; a schedule by hours or days is at most a time zone's offset away from it.
 */
export function lastDue(cron: string, until: Date, count: number): readonly Date[] {
  // What is due at that very second is due.
  const currentDate = new Date(until.getTime() + 1_000);
  const due = CronExpressionParser.parse(cron, { currentDate, tz: "UTC" });
  return Array.from({ length: count }, () => due.prev().toDate());
}

export function newestSnapshot(snapshots: readonly Snapshot[]): Snapshot | undefined {
  return snapshots.toSorted((a, b) => b.taken.getTime() - a.taken.getTime())[0];
}

/** Snapshots (pure) that weren't taken: one may be late, two that were due and aren't there are a finding. */
export function snapshotFindings(
  snapshots: readonly Snapshot[],
  { schedule, now, born }: { readonly schedule: string; readonly now: Date; readonly born: Date },
): readonly Finding[] {
  const [, due] = lastDue(schedule, now, 2);
  const newest = newestSnapshot(snapshots);
  if (due === undefined || born > due || (newest !== undefined && newest.taken >= due)) return [];
  const age =
    newest === undefined ? "there is none" : `the newest is of ${spanText(now.getTime() - newest.taken.getTime())} ago`;
  return [
    {
      about: "etcd snapshots",
      problem: `${age}, and by "${schedule}" two have been due since`,
      fix: "on a server: journalctl -u grappe-etcd-snapshot -u k3s -n 100",
    },
  ];
}
