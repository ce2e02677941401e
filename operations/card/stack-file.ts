import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseSite } from "../../components/settings/parse.ts";
import type { Machine, MachinesSite } from "../../components/settings/schema/machines-site.ts";
import { parseYaml } from "../../components/settings/yaml.ts";
import { UsageError } from "../errors/usage-error.ts";

const stackFile = z.object({ config: z.record(z.string(), z.unknown()) });

/** A stack's settings as they are written. */
export interface StackFile {
  readonly stack: string;
  readonly path: string;
  readonly text: string;
}

/** @throws UsageError if there is none */
export async function readStackFile(project: string, stack: string): Promise<StackFile> {
  // A stack of Pulumi Cloud may be named with its organisation and project; the file is not.
  const path = join(project, `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`);
  const text = await readFile(path, "utf8").catch(() => {
    throw new UsageError(`There is no stack ${stack}: ${path} can't be read. Fix: make it with ./grappe new ${stack}.`);
  });
  return { stack, path, text };
}

/** Writes the file anew, whole or not at all, with the modes that it has. */
export async function writeStackFile({ path }: StackFile, text: string): Promise<void> {
  const beside = `${path}.new`;
  await writeFile(beside, text, { mode: (await stat(path)).mode });
  await rename(beside, path);
}

/**
 * The site of a stack's file (pure), and one of its machines.
 *
 * @throws SettingsError for what is wrong with the site; UsageError if it has no machines, or not that one
 */
export function machineOf({ stack, path, text }: StackFile, host: string): { site: MachinesSite; machine: Machine } {
  const parsed = stackFile.safeParse(parseYaml(text, path));
  if (!parsed.success)
    throw new UsageError(`${path} has no settings under \`config:\`. Fix: write them, or ./grappe new ${stack}.`);
  const value = parsed.data.config["grappe:site"];
  const values: Readonly<Record<string, string>> = value === undefined ? {} : { "grappe:site": JSON.stringify(value) };
  const site = parseSite({ stack, values, secretKeys: new Set() });
  if (site.kind !== "machines") {
    throw new UsageError(
      `grappe:site of stack ${stack} is on OpenStack, whose instances have no cards. Fix: name a stack of machines.`,
    );
  }
  const machine = site.hosts.find(({ name }) => name === host);
  if (machine === undefined) {
    const known = site.hosts.map(({ name }) => name).join(", ");
    throw new UsageError(
      `grappe:site.hosts of stack ${stack} has no ${host}. Fix: name one of ${known}, or add it there.`,
    );
  }
  return { site, machine };
}
