import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import type { PartName } from "../../../components/settings/parts.ts";
import { progressOf } from "../../toolchain/progress.ts";
import { addFiles } from "../add-files.ts";
import { BundleFolder } from "../folder.ts";
import { parts } from "./parts.ts";

/**
 * Puts published charts into a bundle, in the place of those that it has: from a folder every `NAME-VERSION.tgz` of the given parts.
 *
 * @throws Error if the folder has a chart of a part, but in another version than the program asks for
 */
export async function takeCharts(bundle: string, folder: string, names: readonly PartName[]): Promise<void> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".tgz"));
  const wanted = parts
    .filter(({ name }) => names.includes(name))
    .flatMap(({ charts }) => charts.map(({ chart }) => chart));
  const found: string[] = [];
  for (const { name, version } of wanted) {
    const file = `${name}-${version}.tgz`;
    const others = files.filter((other) => other.startsWith(`${name}-`) && /^\d/.test(other.slice(name.length + 1)));
    if (files.includes(file)) found.push(join(folder, file));
    else if (others.length > 0) {
      throw new RunError(
        `--charts ${folder}: it has ${others.join(", ")}, but the program asks for ${file}. Fix: helm pull that version into it.`,
      );
    }
  }
  if (found.length === 0)
    throw new RunError(`--charts ${folder}: it has no chart of ${names.join(", ")}. Fix: helm pull them into it.`);
  await addFiles(await BundleFolder.open(bundle), found, progressOf("charts"));
}
