import type { Problem } from "./problem.ts";
import type { RoomName, Rooms } from "./schema/rooms.ts";

/** A check of what a schema can't say. Skipped where a room that it needs couldn't be parsed. */
export type Rule = (rooms: Partial<Rooms>) => readonly Problem[];

/** Makes a rule of a check that needs the named rooms. */
export function rule<const Need extends RoomName>(
  needs: readonly Need[],
  check: (rooms: Pick<Rooms, Need>) => readonly Problem[],
): Rule {
  return (rooms) => (hasAll(rooms, needs) ? check(rooms) : []);
}

function hasAll<Need extends RoomName>(
  rooms: Partial<Rooms>,
  needs: readonly Need[],
): rooms is Partial<Rooms> & Pick<Rooms, Need> {
  return needs.every((room) => rooms[room] !== undefined);
}
