import { describe, expect, it } from "vitest";
import type { SavedDatabase } from "../../../../operations/status/facts.ts";
import { databaseCluster, objectStore } from "../../../../operations/status/objects.ts";
import {
  savedDatabaseFindings,
  savedDatabaseLines,
  savedDatabases,
} from "../../../../operations/status/saved-databases.ts";
import { now } from "./facts-fixture.ts";

/** As CloudNativePG 1.30 and its plugin have them, cut down. */
const cluster = (more: object = {}) =>
  databaseCluster.parse({
    metadata: { name: "odoo-database", namespace: "odoo", creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: {
      plugins: [
        {
          name: "barman-cloud.cloudnative-pg.io",
          isWALArchiver: true,
          parameters: { barmanObjectName: "odoo-database", serverName: "pi-odoo-1f0c9a7e" },
        },
      ],
    },
    status: { conditions: [{ type: "ContinuousArchiving", status: "True" }] },
    ...more,
  });
const store = (window: object | undefined) =>
  objectStore.parse({
    metadata: { name: "odoo-database", namespace: "odoo" },
    status: window === undefined ? {} : { serverRecoveryWindow: { "pi-odoo-1f0c9a7e": window } },
  });
const whole = {
  firstRecoverabilityPoint: "2026-02-01T02:00:31Z",
  lastSuccessfulBackupTime: "2026-03-01T02:00:40Z",
  lastFailedBackupTime: null,
};
const found = (window: object | undefined, more: object = {}) => savedDatabases([cluster(more)], [store(window)]);
const problems = (databases: readonly SavedDatabase[]) =>
  savedDatabaseFindings(databases, { schedule: "0 2 * * *", now }).map(({ about, problem }) => `${about}: ${problem}`);

describe("databases that are saved", () => {
  it("say how old the last copy is, and how far back one can go", () => {
    const databases = found(whole);
    expect(savedDatabaseLines(databases, now)).toEqual([
      "",
      "DATABASE            SAVED AS          LAST COPY  RESTORABLE FROM",
      "odoo/odoo-database  pi-odoo-1f0c9a7e  10 h ago   2026-02-01 02:00 UTC",
    ]);
    expect(problems(databases)).toEqual([]);
  });

  it("aren't those that nothing saves", () => {
    expect(savedDatabases([cluster({ spec: {} })], [])).toEqual([]);
    expect(savedDatabaseLines([], now)).toEqual([]);
  });

  it("have no copy yet when they are young, and a finding when two were due", () => {
    expect(savedDatabaseLines(found(undefined), now).at(-1)).toContain("none yet");
    expect(problems(found(undefined))).toEqual([
      'database odoo/odoo-database: copies: there is none, and by "0 2 * * *" two have been due since',
    ]);
    const metadata = { name: "odoo-database", namespace: "odoo", creationTimestamp: "2026-03-01T11:00:00Z" };
    expect(problems(found(undefined, { metadata }))).toEqual([]);
  });

  it.each([
    ["one that is late by one", { ...whole, lastSuccessfulBackupTime: "2026-02-28T02:00:40Z" }, []],
    [
      "by two",
      { ...whole, lastSuccessfulBackupTime: "2026-02-27T02:00:40Z" },
      [/^.*the last is of 2 days ago, and by "0 2 \* \* \*" two have been due since$/],
    ],
    [
      "one that failed",
      { ...whole, lastFailedBackupTime: "2026-03-01T03:00:00Z" },
      [/the last copy failed; .* 10 h ago$/],
    ],
    ["one that failed before", { ...whole, lastFailedBackupTime: "2026-02-01T03:00:00Z" }, []],
  ])("%s", (_, window, expected) => {
    expect(problems(found(window))).toEqual(expected.map((each) => expect.stringMatching(each)));
  });

  it("whose changes don't reach the bucket", () => {
    const conditions = [{ type: "ContinuousArchiving", status: "False", message: "exit status 4" }];
    expect(problems(found(whole, { status: { conditions } }))).toEqual([
      "database odoo/odoo-database: changes aren't saved: exit status 4",
    ]);
  });
});
