import { access, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Folder of this user's cache (`$XDG_CACHE_HOME`, else ~/.cache) for things that can be built again; made if absent. */
export async function cacheDirectory(...parts: readonly string[]): Promise<string> {
  const directory = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "grappe", ...parts);
  await mkdir(directory, { recursive: true });
  return directory;
}

/** Whether a file or folder is there. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
