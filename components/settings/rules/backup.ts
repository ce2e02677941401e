import { appManifests, appsOf, type SettingsOf } from "../../apps/manifests.ts";
import { isBackedUp } from "../databases.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import type { Rooms } from "../schema/rooms.ts";
import { settingPath } from "../setting-path.ts";

function isSaved(platform: Rooms["platform"], odoo: SettingsOf<"odoo">): boolean {
  return isBackedUp(platform, appManifests.odoo.database(odoo));
}

/** What is restored comes from the bucket, and the database that is made of it is saved there, too. */
export const backupForRestore = rule(["platform", "apps"], ({ platform, apps }) =>
  appsOf(apps, "odoo").flatMap(([name, odoo]): readonly Problem[] => {
    if (odoo.restore === undefined || isSaved(platform, odoo)) return [];
    const path = settingPath("apps", [name, "restore"]);
    return [
      platform.backup === undefined
        ? {
            path,
            reason: "has no bucket to restore from.",
            fix: "Write `backup` in grappe:platform, with the bucket that the former database was saved to.",
          }
        : {
            path,
            reason: "is there beside `backup: false`: the restored database would be saved nowhere.",
            fix: `Take \`backup: false\` out of grappe:apps.${name}.`,
          },
    ];
  }),
);

/** What isn't saved although somebody may think so (pure), as who runs the program is told. */
export function unsavedFiles({ platform, apps }: Pick<Rooms, "platform" | "apps">): readonly string[] {
  return appsOf(apps, "odoo").flatMap(([name, odoo]) =>
    !isSaved(platform, odoo) || odoo.filestore === undefined || odoo.filestore.moveToDatabase
      ? []
      : [
          `grappe:apps.${name}.filestore holds Odoo's attachments in files, and \`grappe:platform.backup\` saves databases alone. ` +
            "Fix: write `moveToDatabase: true` in it, so that attachments are saved with the database; or save the volume yourself.",
        ],
  );
}
