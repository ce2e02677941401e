import { join } from "node:path";
import { repository } from "../stack/lab-folder.ts";

/** What a cloud keeps on this computer; readable by this user alone. */
export const cloudFolder = join(repository, ".grappe", "cloud");

/** Credentials of the project that stacks are made in: entry `grappe`. */
export const cloudsFile = join(cloudFolder, "clouds.yaml");

/** Credentials of the cloud's administrator, for tests that ask OpenStack itself: entry `grappe-admin`. */
export const adminCloudsFile = join(cloudFolder, "admin-clouds.yaml");
