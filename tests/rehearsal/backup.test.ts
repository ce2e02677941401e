import { describe, expect, it } from "vitest";
import type { SettingsFile } from "../../runtime/settings-files/settings-file.ts";
import { changed, rehearseStack, settingsOf, withRoom } from "./stack.ts";

const settings = settingsOf("pi");
const odoo = (to: SettingsFile, more: object) =>
  withRoom(to, "apps", (apps) => ({ ...apps, odoo: { ...Object(apps.odoo), ...more } }));
const saved = withRoom(settings, "platform", (platform) => ({
  ...platform,
  backup: { s3: { endpoint: "s3.shop.test", bucket: "shop", accessKey: "AK" } },
}));
const restored = odoo(saved, { restore: { from: "pi-odoo-1f0c9a7e", at: "2026-01-02T03:04:05Z" } });

describe("a shop that is saved", () => {
  it("begins to be while it sells: the plugin, its store and the proof are new, the database is told", async () => {
    const life = await rehearseStack(settings, { change: saved });
    expect(life.problems).toEqual([]);
    const parts = ["certificates", "gate", "release"].map((part) => `barman-plugin-${part}`);
    const own = ["gate", "schedule", "secret", "store"].map((part) => `odoo-database-backup-${part}`);
    expect(changed(life)).toEqual({
      create: ["barman-plugin", "odoo-database-backup", ...parts, ...own].toSorted(),
      update: expect.arrayContaining(["odoo-release"]),
    });
  });

  it("is made of a backup; and afterwards what it was made of is forgotten", async () => {
    const life = await rehearseStack(restored, { change: saved });
    expect(life.problems).toEqual([]);
    expect(changed(life)).toEqual({ update: expect.arrayContaining(["odoo-release"]) });
  });
});
