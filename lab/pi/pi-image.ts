import { join } from "node:path";
import { progressOf } from "../../runtime/progress.ts";
import type { ContainerEngine } from "../hardware/container-engine.ts";
import { readDebianRecipe } from "../hardware/debian-recipe.ts";
import { debianRootFilesystem } from "../toolchain/debian-root-filesystem.ts";

/** The release that Raspberry Pi OS with cloud-init is made of. */
const suite = "trixie";

/** Makes sure that the engine holds the image of a Pi that never booted, and returns its name. Made once for each recipe. */
export async function ensurePiImage(engine: ContainerEngine): Promise<string> {
  const debian = await readDebianRecipe(join(import.meta.dirname, "image"), suite);
  const image = `localhost/grappe-lab-pi:${debian.recipe.slice(0, 16)}`;
  if (await engine.hasImage(image)) return image;
  const progress = progressOf("pi image");
  const archive = await debianRootFilesystem(debian, progress);
  await progress.during(
    () => "handing the root file system to the container engine",
    engine.importImage(archive, image),
  );
  return image;
}
