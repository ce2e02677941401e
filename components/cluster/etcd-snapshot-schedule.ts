import assert from "node:assert/strict";
import { type CronSchedule, parseCron } from "../settings/cron.ts";

const weekdayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

function scheduleOf(cron: string): CronSchedule {
  const schedule = parseCron(cron);
  // Settings refuse it long before.
  if ("fault" in schedule) assert.fail(`"${cron}" is no five-field cron expression: ${schedule.fault}`);
  return schedule;
}

const listed = (values: readonly number[], all: number) => (values.length === all ? "*" : values.join(","));

/**
 * A five-field cron expression as systemd's calendar events (pure), of which any may come true: cron takes a day that the day of
 * the month or that of the week names, where both are given, and systemd one that both name; so these are two events. Values
 * stand one by one, as systemd knows neither cron's steps without a start nor its numbers of weekdays.
 *
 * @throws if it isn't one
 */
export function calendarEvents(cron: string): readonly string[] {
  const { minutes, hours, days, months, weekdays, anyDay, anyWeekday } = scheduleOf(cron);
  const time = `${listed(hours, 24)}:${listed(minutes, 60)}:00`;
  const event = (weekday: string, day: string) => `${weekday}*-${listed(months, 12)}-${day} ${time}`;
  const onWeekdays = event(`${weekdays.map((weekday) => weekdayNames[weekday]).join(",")} `, "*");
  const onDays = event("", days.join(","));
  if (anyDay) return anyWeekday ? [event("", "*")] : [onWeekdays];
  return anyWeekday ? [onDays] : [onDays, onWeekdays];
}

/**
 * A five-field cron expression as k3s' cron reads it (pure): numbers only, Sunday 0. (robfig/cron v3, parser.go: it knows no 7)
 *
 * @throws if it isn't one
 */
export function robfigCron(cron: string): string {
  const { minutes, hours, days, months, weekdays, anyDay, anyWeekday } = scheduleOf(cron);
  return [
    listed(minutes, 60),
    listed(hours, 24),
    anyDay ? "*" : days.join(","),
    listed(months, 12),
    anyWeekday ? "*" : weekdays.join(","),
  ].join(" ");
}
