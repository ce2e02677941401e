import { mkdir, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../../runtime/cache.ts";
import type { Progress } from "../../runtime/progress.ts";
import { withLock } from "../../runtime/toolchain/lock.ts";

/** Lies in a bundle's folder from the begin of a filling to its good end. */
const mark = "being-filled";

/** Whether nothing fills the bundle, and nothing did that was cut off. */
export async function isFilled(directory: string): Promise<boolean> {
  return !(await exists(join(directory, mark)));
}

/** What a filling that was killed was writing. */
async function removePartialFiles(directory: string): Promise<void> {
  for (const name of await readdir(directory, { recursive: true })) {
    if (/\.partial-\d+$/.test(name)) await rm(join(directory, name), { force: true });
  }
}

/** Does something to a bundle's folder, made if absent, while no other process does. */
export async function aloneWith<T>(directory: string, progress: Progress, work: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  const alone = async (): Promise<T> => {
    await removePartialFiles(directory);
    return await work();
  };
  const onWait = (): void => progress.step(`another run fills ${directory}; waiting for that`);
  return await withLock(`bundle ${await realpath(directory)}`, alone, onWait);
}

/** Fills a bundle's folder. A filling that was cut off is taken up again by whoever needs the bundle next. */
export async function whileFilling(directory: string, progress: Progress, fill: () => Promise<void>): Promise<void> {
  await aloneWith(directory, progress, async () => {
    await writeFile(join(directory, mark), "");
    await fill();
    await rm(join(directory, mark));
  });
}
