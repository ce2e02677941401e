import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { debianRootFilesystem } from "../toolchain/debian-root-filesystem.ts";
import { progressOf } from "../toolchain/progress.ts";
import type { ContainerEngine } from "./container-engine.ts";

const folder = join(import.meta.dirname, "image");

/** Debian release of the lab's hosts: the one that Raspberry Pi OS and the Pis of the `pi` stack had, with containerd 1.6. */
export const suite = "bookworm";

/**
 * Makes sure that the engine holds the image of the lab's hosts and returns its name. It is built from the distribution's
 * packages, and its tag is the hash of the recipe: a changed recipe is another image, an unchanged one is not built again.
 */
export async function ensureHostImage(engine: ContainerEngine): Promise<string> {
  const [packages, customize] = await Promise.all([
    readFile(join(folder, "packages.txt"), "utf8"),
    readFile(join(folder, "customize.sh"), "utf8"),
  ]);
  const recipe = createHash("sha256")
    .update(JSON.stringify([suite, process.arch, packages, customize]))
    .digest("hex");
  const image = `localhost/grappe-lab-host:${recipe.slice(0, 16)}`;
  if (await engine.hasImage(image)) return image;

  const progress = progressOf("host image");
  const archive = await debianRootFilesystem(
    {
      suite,
      variant: "minbase",
      packages: packages.trim().split("\n"),
      customizeHook: join(folder, "customize.sh"),
      recipe,
    },
    progress,
  );
  await progress.during(
    () => "handing the root file system to the container engine",
    engine.importImage(archive, image),
  );
  progress.step(`ready as ${image}`);
  return image;
}
