import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The project's folder: where the stacks' settings are. */
export const projectFolder = join(import.meta.dirname, "..");

/** Names of the stacks whose settings are in the project, sorted. */
export async function stackNames(folder = projectFolder): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files.flatMap((file) => file.match(/^Pulumi\.(.+)\.yaml$/)?.[1] ?? []).toSorted();
}
