import { CronExpressionParser } from "cron-parser";

/** When a five-field cron expression holds, value by value. */
export interface CronSchedule {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** Written as `*`: then the weekday alone counts. Where neither is, cron takes a day that either names. */
  readonly anyDay: boolean;
  readonly anyWeekday: boolean;
}

const number = String.raw`\d{1,2}`;
const months = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";
const weekdays = "sun|mon|tue|wed|thu|fri|sat";

/** Of `*`, numbers (or names), ranges, steps and lists: what every cron reads alike. `?`, `L`, `W`, `#`, `H`, `@daily` are some crons' own. */
function fieldForm(names?: string): RegExp {
  const value = names === undefined ? number : `(?:${number}|${names})`;
  const part = String.raw`(?:\*|${value}(?:-${value})?)(?:/\d{1,2})?`;
  return new RegExp(`^${part}(?:,${part})*$`, "i");
}

const forms = [fieldForm(), fieldForm(), fieldForm(), fieldForm(months), fieldForm(weekdays)];
const noSuchDay = "no month has such a day";
const isAny = (field: string) => /^\*(\/1)?$/.test(field);
const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads a five-field cron expression (pure).
 *
 * @returns the schedule, or what is wrong with it
 */
export function parseCron(text: string): CronSchedule | { readonly fault: string } {
  const fields = text.split(/[ \t]+/);
  const [, , day = "", , weekday = ""] = fields;
  if (fields.length !== 5 || !fields.every((field, index) => forms[index]?.test(field)))
    return { fault: "it hasn't five fields of numbers, names, `*`, ranges, steps and lists" };
  const everyField = everyValue(text);
  if ("fault" in everyField) return everyField;
  const schedule = { ...everyField, anyDay: isAny(day), anyWeekday: isAny(weekday) };
  if (!schedule.anyDay && !schedule.anyWeekday && (day.startsWith("*") || weekday.startsWith("*")))
    return {
      fault: "crons differ in whether a day of the month and one of the week must both hold beside a `*` with a step",
    };
  const everComes = !schedule.anyWeekday || schedule.months.some((month) => comes(month, schedule.days));
  return everComes ? schedule : { fault: noSuchDay };
}

const comes = (month: number, days: readonly number[]) => days.some((day) => day <= (daysOfMonth[month - 1] ?? 0));

function everyValue(text: string): Omit<CronSchedule, "anyDay" | "anyWeekday"> | { readonly fault: string } {
  try {
    const { minute, hour, dayOfMonth, month, dayOfWeek } = CronExpressionParser.parse(text).fields;
    return {
      minutes: numbers(minute.values),
      hours: numbers(hour.values),
      days: numbers(dayOfMonth.values),
      months: numbers(month.values),
      weekdays: [...new Set(numbers(dayOfWeek.values).map((value) => value % 7))].toSorted((a, b) => a - b),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const [, range] = /^Invalid range: (\S+),/.exec(reason) ?? [];
    if (range !== undefined) return { fault: `the range ${range} runs backwards` };
    return { fault: /explicit day of month/.test(reason) ? noSuchDay : reason };
  }
}

const numbers = (values: readonly (number | string)[]): readonly number[] =>
  values.map(Number).toSorted((a, b) => a - b);
