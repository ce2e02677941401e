import { cp } from "node:fs/promises";
import { relative } from "node:path";
import { repository } from "../stack/lab-folder.ts";

/** Of this repository, what `git clone` doesn't bring. */
const unversioned = new Set([".git", ".grappe", ".cache", "node_modules"]);

/** Copies this repository as it is in the work tree, without what a clone lacks; needs neither git nor a clone. */
export async function copyRepository(folder: string): Promise<void> {
  const isVersioned = (path: string): boolean => !unversioned.has(relative(repository, path).split("/")[0] ?? "");
  await cp(repository, folder, { recursive: true, filter: isVersioned });
}
