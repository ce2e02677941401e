import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { cacheDirectory, exists } from "../cache.ts";
import type { Progress } from "../progress.ts";
import { unlessLocked, withLock } from "./lock.ts";

/** Folders in which things are made have this before the name of what is made. */
const building = ".building-";

/** Something of a cache, and how it is made. */
export interface Artifact {
  /** Where it stands once it is whole; its name says all that decides what it is. */
  readonly path: string;
  /** For people: `kubernetes v1.36.3 for amd64`. */
  readonly label: string;
  /** Makes it, file or folder, at `result`; `folder`, in which that lies, takes whatever else is needed on the way. */
  readonly build: (result: string, folder: string) => Promise<void>;
}

/** Removes what builds left that were cut off. Those that go on have their lock. */
async function sweep(parent: string, own: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(building) && name !== own);
  for (const name of names) {
    const path = join(parent, name.slice(building.length));
    await unlessLocked(path, () => rm(join(parent, name), { recursive: true, force: true }));
  }
}

/**
 * Returns the path of something that is made once and then kept. Of two processes that want it at the same time one makes it and the
 * other waits; if the first is killed, the other begins anew. It appears whole or not at all.
 */
export async function buildOnce({ path, label, build }: Artifact, progress: Progress): Promise<string> {
  if (await exists(path)) return path;
  const parent = dirname(path);
  await mkdir(parent, { recursive: true });
  const name = `${building}${basename(path)}`;
  const folder = join(parent, name);
  const make = async (): Promise<void> => {
    if (await exists(path)) return;
    await sweep(parent, name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    try {
      const result = join(folder, "result");
      await build(result, folder);
      await rename(result, path);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  await withLock(path, make, () => progress.step(`${label}: another run makes it; waiting for that`));
  return path;
}

/** Gives a folder for what is needed on the way only, and removes it; those that killed runs left go too. */
export async function withScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const parent = await cacheDirectory("scratch");
  const path = join(parent, randomUUID());
  const name = `${building}${basename(path)}`;
  const folder = join(parent, name);
  const alone = async (): Promise<T> => {
    await sweep(parent, name);
    await mkdir(folder);
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return await withLock(path, alone, () => undefined);
}
