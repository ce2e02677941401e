import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { buildOnce } from "../../toolchain/build-once.ts";
import { cacheDirectory } from "../../toolchain/cache.ts";
import { ensurePrograms } from "../../toolchain/debian-packages.ts";
import { type DebianRecipe, debianRootFilesystem } from "../../toolchain/debian-root-filesystem.ts";
import { progressOf } from "../../toolchain/progress.ts";
import { run } from "../../toolchain/subprocess.ts";
import { readDebianRecipe } from "../debian-recipe.ts";
import { ensureKernel } from "./kernel.ts";

/** What a machine's disk can hold; it takes what is written. */
const diskSize = "16G";

const programs = [
  { program: "mke2fs", debianPackage: "e2fsprogs", folders: ["/usr/sbin"] },
  // What the supervisor of a machine calls.
  { program: "ip", debianPackage: "iproute2" },
  { program: "perl", debianPackage: "perl-base" },
];

/** A machine's system is that of a host in a container, and what such a host leaves to its computer. */
async function machineRecipe(): Promise<DebianRecipe> {
  const [host, own] = await Promise.all([
    readDebianRecipe(join(import.meta.dirname, "..", "image")),
    readDebianRecipe(join(import.meta.dirname, "image")),
  ]);
  const recipe = createHash("sha256")
    .update(host.recipe + own.recipe)
    .digest("hex");
  return { ...own, packages: [...host.packages, ...own.packages], recipe };
}

async function makeDisk(archive: string, kernel: string, disk: string, folder: string): Promise<void> {
  const root = join(folder, "root");
  await mkdir(root);
  await run(["tar", "--extract", "--numeric-owner", "--file", archive, "--directory", root]);
  await run(["cp", "--recursive", join(kernel, "lib", "modules"), join(root, "usr", "lib")]);
  for (const version of await readdir(join(kernel, "lib", "modules"))) await run(["chroot", root, "depmod", version]);
  await run(["mke2fs", "-q", "-t", "ext4", "-L", "root", "-d", root, disk, diskSize]);
}

/**
 * Makes sure that there are the kernel and the disk of a machine that never ran, and returns the folder with `linux` and
 * `disk.img`.
 */
export async function ensureMachineFiles(): Promise<string> {
  const progress = progressOf("own kernel");
  await ensurePrograms(programs);
  const kernel = await ensureKernel(progress);
  const recipe = await machineRecipe();
  const key = createHash("sha256")
    .update(JSON.stringify([basename(kernel), recipe.recipe, diskSize, await readFile(import.meta.filename, "utf8")]))
    .digest("hex");
  const path = join(await cacheDirectory("own-kernel"), `machine-${key.slice(0, 16)}`);
  const build = async (result: string, folder: string): Promise<void> => {
    const archive = await debianRootFilesystem(recipe, progress);
    await mkdir(result);
    await copyFile(join(kernel, "linux"), join(result, "linux"));
    await progress.during(() => "making the disk", makeDisk(archive, kernel, join(result, "disk.img"), folder));
  };
  return await buildOnce({ path, label: "disk of a machine with its own kernel", build }, progress);
}
