import { join } from "node:path";
import type { DebianRecipe } from "../../toolchain/debian-root-filesystem.ts";
import { extendDebianRecipe, readDebianRecipe } from "../debian-recipe.ts";
import { ensureKernel } from "./kernel.ts";
import type { MachineKind } from "./machine-files.ts";

const here = import.meta.dirname;

/** A machine's system is that of a host in a container, and what such a host leaves to its computer. */
export async function machineSystem(suite?: string): Promise<DebianRecipe> {
  return await extendDebianRecipe(await readDebianRecipe(join(here, "..", "image"), suite), join(here, "image"));
}

/** Machines whose kernel is a program, User Mode Linux: quick, and of this computer's architecture. */
export const userModeLinux: MachineKind = {
  label: "own kernel",
  programs: [{ program: "perl", debianPackage: "perl-base" }],
  supervision: join(here, "user-mode-linux.sh"),
  system: machineSystem,
  kernel: ensureKernel,
};
