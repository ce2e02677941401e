import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DebianRecipe } from "../toolchain/debian-root-filesystem.ts";

/** Debian release of the lab's hosts and the cloud's: the one that Raspberry Pi OS and the Pis of the `pi` stack had, with containerd 1.6. */
const defaultSuite = "bookworm";

/** Reads the recipe of a computer's root file system, for this computer's architecture, from `packages.txt` and `customize.sh`. */
export async function readDebianRecipe(folder: string, suite = defaultSuite): Promise<DebianRecipe> {
  const customizeHook = join(folder, "customize.sh");
  const [packages, customize] = await Promise.all([
    readFile(join(folder, "packages.txt"), "utf8"),
    readFile(customizeHook, "utf8"),
  ]);
  const recipe = createHash("sha256")
    .update(JSON.stringify([suite, process.arch, packages, customize]))
    .digest("hex");
  return { suite, variant: "minbase", packages: packages.trim().split("\n"), customizeHook, recipe };
}

/** Adds a folder's packages to a recipe; its `customize.sh`, which calls the former one itself, takes that one's place. */
export async function extendDebianRecipe(base: DebianRecipe, folder: string): Promise<DebianRecipe> {
  const own = await readDebianRecipe(folder, base.suite);
  const recipe = createHash("sha256")
    .update(base.recipe + own.recipe)
    .digest("hex");
  return { ...base, ...own, packages: [...base.packages, ...own.packages], recipe };
}
