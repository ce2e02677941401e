import { describe, expect, it, test } from "vitest";
import { lastDue, snapshotFindings } from "../../../../operations/status/snapshot-findings.ts";
import { daysBetween, spanText } from "../../../../operations/status/time.ts";
import { now } from "./facts-fixture.ts";

test.each([
  ["0 */6 * * *", ["2026-03-01T12:00", "2026-03-01T06:00"]],
  ["30 2 * * *", ["2026-03-01T02:30", "2026-02-28T02:30"]],
  ["15 1,13 1 * *", ["2026-03-01T01:15", "2026-02-01T13:15"]],
  ["0 4 * * 0", ["2026-03-01T04:00", "2026-02-22T04:00"]],
  ["0 4 * * 7", ["2026-03-01T04:00", "2026-02-22T04:00"]],
  ["0 8-18 * * 1-5", ["2026-02-27T18:00", "2026-02-27T17:00"]],
  ["*/20 10-11 * * *", ["2026-03-01T11:40", "2026-03-01T11:20"]],
  ["0 4 * * mon,Sat", ["2026-02-28T04:00", "2026-02-23T04:00"]],
  ["0 4 27 * mon", ["2026-02-27T04:00", "2026-02-23T04:00"]],
])("%s was due last at %j", (cron, times) => {
  expect(lastDue(cron, now, 2).map((time) => time.toISOString().slice(0, 16))).toEqual(times);
});

describe("snapshots", () => {
  const schedule = "0 */6 * * *";
  const born = new Date("2026-01-01T00:00:00Z");
  const at = (time: string) => [{ name: "etcd-a.db", node: "server-1", taken: new Date(time) }];

  it("may be late by one", () => {
    expect(snapshotFindings(at("2026-03-01T06:01:00Z"), { schedule, now, born })).toEqual([]);
    expect(snapshotFindings(at("2026-03-01T00:01:00Z"), { schedule, now, born })).toMatchObject([
      { problem: 'the newest is of 12 h ago, and by "0 */6 * * *" two have been due since' },
    ]);
  });

  it("are told when there is none, but not of a young cluster", () => {
    expect(snapshotFindings([], { schedule, now, born })).toMatchObject([
      { problem: expect.stringMatching(/^there is none/) },
    ]);
    expect(snapshotFindings([], { schedule, now, born: new Date("2026-03-01T07:00:00Z") })).toEqual([]);
  });
});

test("spans of time are said in one unit, and days are whole ones", () => {
  expect([40_000, 600_000, 7_200_000, 3 * 86_400_000 + 1].map(spanText)).toEqual(["40 s", "10 min", "2 h", "3 days"]);
  expect(daysBetween(now, new Date(now.getTime() + 2.9 * 86_400_000))).toBe(2);
  expect(daysBetween(now, new Date(now.getTime() - 1))).toBe(-1);
});
