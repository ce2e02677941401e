import type { Finding, Snapshot } from "./facts.ts";
import { spanText } from "./time.ts";

const minuteMilliseconds = 60_000;
const longestMinutes = 400 * 24 * 60;

/** The numbers that a field of a cron expression names. */
function namedBy(field: string, minimum: number, maximum: number): ReadonlySet<number> {
  const numbers = field.split(",").flatMap((part) => {
    const [range = "", step = "1"] = part.split("/");
    const [first = "", last] = range.split("-");
    const from = first === "*" ? minimum : Number(first);
    const single = part.includes("/") ? maximum : from;
    const until = first === "*" ? maximum : last === undefined ? single : Number(last);
    return Array.from({ length: Math.max(0, until - from + 1) }, (_, index) => from + index).filter(
      (number) => (number - from) % Number(step) === 0,
    );
  });
  return new Set(numbers);
}

/**
 * When a five-field cron expression was due last before a time, newest first (pure). In UTC, as hosts without another setting
 * have it; a schedule by hours or days is at most a time zone's offset away from it.
 */
export function lastDue(cron: string, before: Date, count: number): readonly Date[] {
  const [minute = "*", hour = "*", day = "*", month = "*", weekday = "*"] = cron.trim().split(/\s+/);
  const minutes = namedBy(minute, 0, 59);
  const hours = namedBy(hour, 0, 23);
  const days = namedBy(day, 1, 31);
  const months = namedBy(month, 1, 12);
  const weekdays = namedBy(weekday, 0, 7);
  const due: Date[] = [];
  let at = Math.floor(before.getTime() / minuteMilliseconds) * minuteMilliseconds;
  for (let steps = 0; steps < longestMinutes && due.length < count; steps += 1, at -= minuteMilliseconds) {
    const time = new Date(at);
    const isWeekday = weekdays.has(time.getUTCDay()) || (time.getUTCDay() === 0 && weekdays.has(7));
    if (!minutes.has(time.getUTCMinutes()) || !hours.has(time.getUTCHours()) || !isWeekday) continue;
    if (days.has(time.getUTCDate()) && months.has(time.getUTCMonth() + 1)) due.push(time);
  }
  return due;
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
