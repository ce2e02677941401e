import { join } from "node:path";
import { progressOf } from "../../runtime/progress.ts";
import { withLock } from "../../runtime/toolchain/lock.ts";
import { debianRootFilesystem } from "../toolchain/debian-root-filesystem.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { readDebianRecipe } from "./debian-recipe.ts";

/**
 * Makes sure that the engine holds the image of the lab's hosts and returns its name. It is built from the distribution's
 * packages, and its tag is the hash of the recipe: a changed recipe is another image, an unchanged one is not built again.
 */
export async function ensureHostImage(engine: ContainerEngine): Promise<string> {
  const debian = await readDebianRecipe(join(import.meta.dirname, "image"));
  const image = `localhost/grappe-lab-host:${debian.recipe.slice(0, 16)}`;
  if (await engine.hasImage(image)) return image;

  const progress = progressOf("host image");
  const make = async (): Promise<void> => {
    if (await engine.hasImage(image)) return;
    const archive = await debianRootFilesystem(debian, progress);
    await progress.during(
      () => "handing the root file system to the container engine",
      engine.importImage(archive, image),
    );
    progress.step(`ready as ${image}`);
  };
  await withLock(image, make, () => progress.step("another run makes it; waiting for that"));
  return image;
}
