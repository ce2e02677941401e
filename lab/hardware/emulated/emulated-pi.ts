import { createHash } from "node:crypto";
import { join } from "node:path";
import type { DebianRecipe } from "../../toolchain/debian-root-filesystem.ts";
import { emulating } from "../../toolchain/emulator.ts";
import { extendDebianRecipe } from "../debian-recipe.ts";
import type { MachineKind } from "../own-kernel/machine-files.ts";
import { machineSystem } from "../own-kernel/user-mode-linux.ts";
import { ensureEmulatedKernel } from "./kernel.ts";

const here = import.meta.dirname;

/** Of the system and its kernel: Raspberry Pi OS is made of it. */
const suite = "trixie";

async function system(): Promise<DebianRecipe> {
  const own = await extendDebianRecipe(await machineSystem(suite), join(here, "image"));
  const recipe = createHash("sha256").update(`${own.recipe} arm64`).digest("hex");
  const foreign = process.arch === "arm64" ? {} : { emulating };
  return { ...own, ...foreign, architecture: "arm64", recipe };
}

/** Machines of arm64, each instruction of which QEMU emulates: slow, and the nearest to a Pi that another computer has. */
export const emulatedPi: MachineKind = {
  label: "emulated arm64",
  programs: [
    { program: "qemu-system-aarch64", debianPackage: "qemu-system-arm" },
    { program: "fdtput", debianPackage: "device-tree-compiler" },
    { program: "mkfs.vfat", debianPackage: "dosfstools", folders: ["/usr/sbin"] },
    { program: "mtype", debianPackage: "mtools" },
  ],
  supervision: join(here, "emulated-pi.sh"),
  system,
  kernel: (progress) => ensureEmulatedKernel(suite, progress),
};
