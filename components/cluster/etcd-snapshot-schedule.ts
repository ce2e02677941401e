/** Names of days and months are the same for cron and systemd; only their places differ. */
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

function timeField(field: string, minimum: number): string {
  return field
    .split(",")
    .map((part) => {
      const [range = "", step] = part.split("/");
      const [first, last] = range === "*" ? [undefined, undefined] : range.split("-");
      const base = first === undefined ? "*" : last === undefined ? first : `${first}..${last}`;
      if (step === undefined) return base;
      return base === "*" ? `${minimum}/${step}` : `${base}/${step}`;
    })
    .join(",");
}

function dayField(field: string): string {
  if (field === "*") return "";
  const named = field.replaceAll(/\d/g, (digit) => days[Number(digit)] ?? digit).replaceAll("-", "..");
  return `${named} `;
}

/**
 * A five-field cron expression as systemd's calendar event: `30 2 * * 0` becomes `Sun *-*-* 2:30:00`.
 *
 * @throws if it hasn't five fields of numbers, `*`, ranges, steps and lists, or names both a day of the month and of the week,
 * which cron takes as either and systemd as both
 */
export function calendarEvent(cron: string): string {
  const fields = cron.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  const valid = fields.length === 5 && fields.every((field) => /^[\d*,/-]+$/.test(field));
  if (
    !valid ||
    minute === undefined ||
    hour === undefined ||
    day === undefined ||
    month === undefined ||
    weekday === undefined
  ) {
    throw new Error(`"${cron}" is no five-field cron expression of numbers, such as "0 */6 * * *"`);
  }
  if (day !== "*" && weekday !== "*")
    throw new Error(`"${cron}" names a day of the month and of the week; give only one`);
  return `${dayField(weekday)}*-${timeField(month, 1)}-${timeField(day, 1)} ${timeField(hour, 0)}:${timeField(minute, 0)}:00`;
}
