import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const projectFolder = join(import.meta.dirname, "..", "..");

/** The bytes of a file that a setting names: its path begins at the folder that holds Pulumi.yaml. Throws as the system does. */
export function readProjectFile(path: string): Uint8Array {
  return readFileSync(resolve(projectFolder, path));
}
