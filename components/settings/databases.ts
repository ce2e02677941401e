import type { Rooms } from "./schema/rooms.ts";

type DatabaseRooms = Pick<Rooms, "platform" | "apps">;

/** Whether Odoo's database is saved to the bucket (pure). */
export function isBackedUp({ platform, apps }: DatabaseRooms): boolean {
  return platform.backup !== undefined && apps.odoo?.backup === true;
}

/**
 * Whether Odoo's database is CloudNativePG's (pure): of several instances, or saved, which its plugin alone does. Any other is one
 * PostgreSQL of the chart's own.
 */
export function isByOperator(rooms: DatabaseRooms): boolean {
  return (rooms.apps.odoo?.postgres.instances ?? 1) > 1 || isBackedUp(rooms);
}
