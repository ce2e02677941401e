import type { AppDatabase } from "../apps/manifest.ts";
import { databasesOf } from "../apps/manifests.ts";
import type { Rooms } from "./schema/rooms.ts";

type DatabaseRooms = Pick<Rooms, "platform" | "apps">;

/** Whether a database is saved to the bucket (pure). */
export function isBackedUp(platform: Rooms["platform"], { isWorthSaving }: AppDatabase): boolean {
  return platform.backup !== undefined && isWorthSaving;
}

/**
 * Whether a database is CloudNativePG's (pure): of several instances, or saved, which its plugin alone does. Any other is one
 * PostgreSQL of the application's own.
 */
export function isByOperator(platform: Rooms["platform"], database: AppDatabase): boolean {
  return database.instances > 1 || isBackedUp(platform, database);
}

/** Whether any application's database is saved (pure). */
export function savesDatabases({ platform, apps }: DatabaseRooms): boolean {
  return databasesOf(apps).some(([, database]) => isBackedUp(platform, database));
}

/** Whether any application's database is CloudNativePG's (pure). */
export function needsOperator({ platform, apps }: DatabaseRooms): boolean {
  return databasesOf(apps).some(([, database]) => isByOperator(platform, database));
}
