import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../../../runtime/cache.ts";
import type { Progress } from "../../../runtime/progress.ts";
import { run } from "../../../runtime/subprocess.ts";
import { buildOnce } from "../../../runtime/toolchain/build-once.ts";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";
import { debianRootFilesystem } from "../../toolchain/debian-root-filesystem.ts";

/** The first series whose User Mode Linux has seccomp's way, twice as quick as ptrace's, that Debian serves. */
const series = "7.2";
const sourcePackage = `linux-source-${series}`;
const inputs = ["build-kernel.sh", "kernel.config", "machine-model.c"];

const programs = [
  { program: "gcc", debianPackage: "gcc" },
  { program: "stdio.h", debianPackage: "libc6-dev", folders: ["/usr/include"] },
  { program: "make", debianPackage: "make" },
  { program: "flex", debianPackage: "flex" },
  { program: "bison", debianPackage: "bison" },
  { program: "bc", debianPackage: "bc" },
  { program: "perl", debianPackage: "perl" },
  { program: "xz", debianPackage: "xz-utils" },
];

async function sourceArchive(folder: string, progress: Progress): Promise<string> {
  const packages = [sourcePackage];
  const recipe = createHash("sha256").update(JSON.stringify(packages)).digest("hex");
  const debian = await debianRootFilesystem({ suite: "sid", variant: "extract", packages, recipe }, progress);
  const archive = `usr/src/${sourcePackage}.tar.xz`;
  await run(["tar", "--extract", "--file", debian, "--directory", folder, `./${archive}`]);
  return join(folder, archive);
}

/**
 * Makes sure that there is a kernel for machines of the lab, User Mode Linux, and returns the folder with `linux` and its modules in
 * `lib/modules`. It is built on this computer, for this computer's C library, from Debian's sources, once for each configuration.
 */
export async function ensureKernel(progress: Progress): Promise<string> {
  const here = import.meta.dirname;
  const texts = await Promise.all(inputs.map((name) => readFile(join(here, name), "utf8")));
  const hash = createHash("sha256")
    .update(JSON.stringify([sourcePackage, process.arch, texts]))
    .digest("hex");
  const path = join(await cacheDirectory("own-kernel"), `kernel-${hash.slice(0, 16)}`);
  const build = async (result: string, folder: string): Promise<void> => {
    await ensurePrograms(programs);
    const archive = await sourceArchive(folder, progress);
    let objects = 0;
    const onOutput = (text: string): void => {
      objects += text.split("\n").length - 1;
    };
    // What else runs on the computer goes first: this takes a quarter of an hour of a processor.
    const command = ["nice", "-n", "10", join(here, "build-kernel.sh"), archive, result] as const;
    await progress.during(
      () => `building the kernel: ${objects} of some 1800 objects`,
      run(command, { cwd: folder, onOutput }),
    );
  };
  return await buildOnce({ path, label: `kernel of ${sourcePackage}`, build }, progress);
}
