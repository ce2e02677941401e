import { isBackedUp } from "../databases.ts";
import { rule } from "../rule.ts";
import type { Rooms } from "../schema/rooms.ts";
import { settingPath } from "../setting-path.ts";

const restorePath = settingPath("apps", ["odoo", "restore"]);

/** What is restored comes from the bucket, and the database that is made of it is saved there, too. */
export const backupForRestore = rule(["platform", "apps"], ({ platform, apps }) => {
  if (apps.odoo?.restore === undefined || isBackedUp({ platform, apps })) return [];
  return [
    platform.backup === undefined
      ? {
          path: restorePath,
          reason: "has no bucket to restore from.",
          fix: "Write `backup` in grappe:platform, with the bucket that the former database was saved to.",
        }
      : {
          path: restorePath,
          reason: "is there beside `backup: false`: the restored database would be saved nowhere.",
          fix: "Take `backup: false` out of grappe:apps.odoo.",
        },
  ];
});

/** What isn't saved although somebody may think so (pure), as who runs the program is told. */
export function unsavedFiles(rooms: Pick<Rooms, "platform" | "apps">): readonly string[] {
  const filestore = rooms.apps.odoo?.filestore;
  if (!isBackedUp(rooms) || filestore === undefined || filestore.moveToDatabase) return [];
  return [
    "grappe:apps.odoo.filestore holds Odoo's attachments in files, and `grappe:platform.backup` saves databases alone. " +
      "Fix: write `moveToDatabase: true` in it, so that attachments are saved with the database; or save the volume yourself.",
  ];
}
