const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A span of time for people (pure): `40 s`, `12 min`, `5 h`, `3 days`. */
export function spanText(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < 2 * minute) return `${Math.round(span / second)} s`;
  if (span < 2 * hour) return `${Math.round(span / minute)} min`;
  if (span < 2 * day) return `${Math.round(span / hour)} h`;
  return `${Math.floor(span / day)} days`;
}

/** Whole days from one time to another (pure); negative where the other is before it. */
export function daysBetween(from: Date, until: Date): number {
  return Math.floor((until.getTime() - from.getTime()) / day);
}
