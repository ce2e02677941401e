import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheDirectory } from "../../../runtime/cache.ts";
import { type Progress, progressOf } from "../../../runtime/progress.ts";
import { run } from "../../../runtime/subprocess.ts";
import { buildOnce } from "../../../runtime/toolchain/build-once.ts";
import { ensurePrograms, type PackagedProgram } from "../../../runtime/toolchain/debian-packages.ts";
import { type DebianRecipe, debianRootFilesystem } from "../../toolchain/debian-root-filesystem.ts";

/** Machines with a kernel of their own: what one kind of them is made of. */
export interface MachineKind {
  /** For people: `own kernel`. */
  readonly label: string;
  /** What the kind's part of the supervisor calls. */
  readonly programs: readonly PackagedProgram[];
  /** The kind's part of the supervisor. */
  readonly supervision: string;
  /** Gives the system that lies on the disk. */
  readonly system: () => Promise<DebianRecipe>;
  /** Gives a folder with what starts the kernel, and its modules in `lib/modules`. */
  readonly kernel: (progress: Progress) => Promise<string>;
}

/** What a machine's disk can hold; it takes what is written. */
const diskSize = "16G";

const programs = [
  { program: "mke2fs", debianPackage: "e2fsprogs", folders: ["/usr/sbin"] },
  { program: "depmod", debianPackage: "kmod", folders: ["/usr/sbin"] },
  // What the supervisor of a machine calls.
  { program: "ip", debianPackage: "iproute2" },
];

async function makeDisk(archive: string, kernel: string, disk: string, folder: string): Promise<void> {
  const root = join(folder, "root");
  await mkdir(root);
  await run(["tar", "--extract", "--numeric-owner", "--file", archive, "--directory", root]);
  await run(["cp", "--recursive", join(kernel, "lib", "modules"), join(root, "usr", "lib")]);
  for (const version of await readdir(join(kernel, "lib", "modules")))
    await run(["depmod", "--basedir", join(root, "usr"), version]);
  await run(["mke2fs", "-q", "-t", "ext4", "-L", "root", "-d", root, disk, diskSize]);
}

/**
 * Makes sure that there are the kernel and the disk of a machine that never ran, and returns the folder with what starts the kernel
 * and `disk.img`.
 */
export async function ensureMachineFiles(kind: MachineKind): Promise<string> {
  const progress = progressOf(kind.label);
  await ensurePrograms([...programs, ...kind.programs]);
  const kernel = await kind.kernel(progress);
  const system = await kind.system();
  const key = createHash("sha256")
    .update(JSON.stringify([basename(kernel), system.recipe, diskSize, await readFile(import.meta.filename, "utf8")]))
    .digest("hex");
  const path = join(await cacheDirectory("own-kernel"), `machine-${key.slice(0, 16)}`);
  const build = async (result: string, folder: string): Promise<void> => {
    const archive = await debianRootFilesystem(system, progress);
    await mkdir(result);
    for (const name of await readdir(kernel))
      if (name !== "lib") await copyFile(join(kernel, name), join(result, name));
    await progress.during(() => "making the disk", makeDisk(archive, kernel, join(result, "disk.img"), folder));
  };
  return await buildOnce({ path, label: `disk of a machine (${kind.label})`, build }, progress);
}
