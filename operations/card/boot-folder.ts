import { constants } from "node:fs";
import { chmod, open, readdir, readFile, realpath, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { UsageError } from "../errors/usage-error.ts";
import { type BootPartition, textFiles } from "./boot-partition.ts";
import type { CardFile } from "./card-files.ts";

const notThere = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

/**
 * Looks at what is mounted at a folder.
 *
 * @throws UsageError if it can't be read, or is what this computer boots from
 */
export async function readBootPartition(folder: string): Promise<BootPartition> {
  const names = async (path: string) => await readdir(join(folder, path));
  const [top, real] = await Promise.all([names("."), realpath(folder)]).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `${folder} can't be read (${reason}). Fix: mount the card's first partition and name its folder.`,
    );
  });
  if (["/boot", "/boot/firmware"].includes(real)) {
    throw new UsageError(
      `${folder} is what this computer itself boots from. Fix: name the folder where the card is mounted.`,
    );
  }
  const current = top.includes("current") ? await names("current").catch(() => []) : [];
  const texts: Record<string, string> = {};
  for (const file of textFiles) {
    const text = await readFile(join(folder, file), "utf8").catch((error: unknown) => {
      if (notThere(error)) return undefined;
      throw error;
    });
    if (text !== undefined) texts[file] = text;
  }
  return { paths: new Set([...top, ...current.map((name) => `current/${name}`)]), texts };
}

/** FAT has no modes; its driver refuses to set any. */
async function makePrivate(path: string): Promise<void> {
  await chmod(path, 0o600).catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EINVAL") throw error;
  });
}

/** Writes a file whole or not at all, and waits until the card has it. */
async function writeWhole(folder: string, { path, text, isPrivate }: CardFile): Promise<void> {
  const file = join(folder, path);
  const beside = `${file}.new`;
  await rm(beside, { force: true });
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    const handle = await open(beside, flags, isPrivate ? 0o600 : 0o644);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } finally {
    await rm(beside, { force: true });
  }
}

/**
 * Writes those of a card's files that don't stand there yet, in their order.
 *
 * @returns the paths that were written
 * @throws RunError if the folder can't be written to
 */
export async function writeCardFiles(
  folder: string,
  files: readonly CardFile[],
  { texts }: BootPartition,
): Promise<readonly string[]> {
  const changed = files.filter(({ path, text }) => texts[path] !== text);
  try {
    for (const file of changed) await writeWhole(folder, file);
    for (const { path } of files.filter(({ isPrivate }) => isPrivate)) await makePrivate(join(folder, path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunError(
      `${folder} can't be written to (${reason}). Fix: mount the card so that you may write to it, then run again.`,
    );
  }
  return changed.map(({ path }) => path);
}
