import { describe, expect, it } from "vitest";
import { needsOperator } from "../../../components/settings/databases.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { wantedParts } from "../../../components/settings/parts.ts";
import { backupForRestore, unsavedFiles } from "../../../components/settings/rules/backup.ts";
import { postgresOffNfs } from "../../../components/settings/rules/storage.ts";
import { change, problemsOf, stackConfig, stackFileConfig } from "./stack-files.ts";

const saved = { "platform.backup": { s3: { bucket: "shop", accessKey: "AK" } } };
const key = { "grappe:backupSecretKey": "secret" };
const configOf = (changes: object) => stackConfig(change(stackFileConfig("pi"), { ...changes }), key);
const parsed = (changes: object) => parseSettings(configOf(changes));

describe("a database that is saved", () => {
  it.each([
    ["three instances", {}, true, false],
    ["one", { "apps.odoo.postgres.instances": 1 }, false, false],
    ["one that is saved", { ...saved, "apps.odoo.postgres.instances": 1 }, true, true],
    [
      "one that isn't worth it",
      { ...saved, "apps.odoo.backup": false, "apps.odoo.postgres.instances": 1 },
      false,
      false,
    ],
    ["three that aren't worth it", { ...saved, "apps.odoo.backup": false }, true, false],
    ["no Odoo", { ...saved, "apps.odoo": undefined }, false, false],
  ])("%s: whose it is, and which images a host needs", (_, changes, byOperator, plugin) => {
    const settings = parsed(changes);
    expect(needsOperator(settings)).toBe(byOperator);
    const parts = wantedParts(settings);
    expect([parts.has("cloudnative-pg"), parts.has("barman-cloud")]).toEqual([byOperator, plugin]);
    expect(parts.has("postgres")).toBe(settings.apps.odoo !== undefined && !byOperator);
  });

  it("leaves files out, which is told", () => {
    const filestore = { "apps.odoo.filestore": { storageClass: "nfs-client" } };
    expect(unsavedFiles(parsed({ ...saved, ...filestore }))).toEqual([
      expect.stringMatching(
        /^grappe:apps\.odoo\.filestore holds Odoo's attachments .* Fix: write `moveToDatabase: true`/,
      ),
    ]);
    const moving = { "apps.odoo.filestore": { storageClass: "nfs-client", moveToDatabase: true } };
    for (const changes of [saved, filestore, { ...saved, ...moving }])
      expect(unsavedFiles(parsed(changes))).toEqual([]);
  });

  it("is refused what can't be", () => {
    const onNfs = { "apps.odoo.postgres": { instances: 1, storageClass: "nfs-client" } };
    expect(problemsOf(configOf(onNfs))).toEqual([]);
    expect(problemsOf(configOf({ ...saved, ...onNfs }))).toEqual([
      expect.objectContaining({
        path: "grappe:apps.odoo.postgres.storageClass",
        reason: expect.stringMatching(/^puts a database that is backed up/),
        fix: expect.stringMatching(/backup: false/),
      }),
    ]);
    expect(postgresOffNfs({})).toEqual([]);
    const restored = { "apps.odoo.restore": { from: "pi-odoo-1f0c9a7e" } };
    expect(problemsOf(configOf({ ...saved, ...restored }))).toEqual([]);
    expect(problemsOf(configOf({ ...saved, ...restored, "apps.odoo.backup": false }))).toEqual([
      expect.objectContaining({ path: "grappe:apps.odoo.restore", reason: expect.stringMatching(/backup: false/) }),
    ]);
    expect(backupForRestore({})).toEqual([]);
  });

  it.each([
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"],
    ["2026-01-02 03:04:05 +0000 UTC", "2026-01-02T03:04:05Z"],
    ["2026-01-02 03:04:05.123 +0200 +0200", "2026-01-02T03:04:05.123+02:00"],
    ["2026-01-02 03:04:05 +0100 CET", "2026-01-02T03:04:05+01:00"],
  ])("begins with a moment as its reader wrote it, not as Pulumi's engine gives it: %s", (given, at) => {
    const restored = { "apps.odoo.restore": { from: "pi-odoo-1f0c9a7e", at: given } };
    expect(parsed({ ...saved, ...restored }).apps.odoo).toMatchObject({ restore: { at } });
  });
});
