import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../../../runtime/cache.ts";
import type { Progress } from "../../../runtime/progress.ts";
import { run } from "../../../runtime/subprocess.ts";
import { buildOnce } from "../../../runtime/toolchain/build-once.ts";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";
import { debianRootFilesystem } from "../../toolchain/debian-root-filesystem.ts";

const packages = ["linux-image-arm64", "busybox-static"];
const inputs = ["build-initrd.sh", "init.sh"];

const programs = [
  { program: "cpio", debianPackage: "cpio" },
  { program: "modprobe", debianPackage: "kmod", folders: ["/usr/sbin"] },
  { program: "xz", debianPackage: "xz-utils" },
];

/**
 * Makes sure that there is Debian's own kernel of arm64 with a small first file system, which is made here: `initramfs-tools` would run
 * for minutes under emulation. Returns the folder with `linux`, `initrd` and the modules in `lib/modules`.
 */
export async function ensureEmulatedKernel(suite: string, progress: Progress): Promise<string> {
  const here = import.meta.dirname;
  const texts = await Promise.all(inputs.map((name) => readFile(join(here, name), "utf8")));
  const hashOf = (what: unknown): string => createHash("sha256").update(JSON.stringify(what)).digest("hex");
  const recipe = hashOf([suite, "arm64", packages]);
  const path = join(await cacheDirectory("own-kernel"), `kernel-${hashOf([recipe, texts]).slice(0, 16)}`);
  const build = async (result: string, folder: string): Promise<void> => {
    await ensurePrograms(programs);
    const wanted = { suite, variant: "extract", architecture: "arm64", packages, recipe } as const;
    const archive = await debianRootFilesystem(wanted, progress);
    const debian = join(folder, "debian");
    await mkdir(debian);
    const parts = ["./boot", "./usr/lib/modules", "./usr/bin/busybox"];
    await run(["tar", "--extract", "--file", archive, "--directory", debian, ...parts]);
    const command = [join(here, "build-initrd.sh"), debian, result] as const;
    await progress.during(() => "making the kernel's first file system", run(command, { cwd: folder }));
  };
  return await buildOnce({ path, label: `kernel of arm64, Debian ${suite}`, build }, progress);
}
