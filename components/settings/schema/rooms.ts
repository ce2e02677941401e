import type { z } from "zod";
import { apps } from "./apps.ts";
import { artifacts } from "./artifacts.ts";
import { cluster } from "./cluster.ts";
import { platform } from "./platform.ts";
import { site } from "./site.ts";

/** The schema of each room's settings; a room's key in a stack file is `grappe:<room>`. */
export const rooms = { site, cluster, platform, apps, artifacts };

export type RoomName = keyof typeof rooms;

/** Each room's settings, checked against its schema and with defaults. */
export type Rooms = { readonly [Room in RoomName]: z.output<(typeof rooms)[Room]> };

/** Rooms that must stand in every stack file; the others are empty where they are absent. */
export const requiredRooms: readonly RoomName[] = ["site", "cluster"];
