import { join } from "node:path";
import { buildGoModule, builtFrom } from "../../runtime/toolchain/go-module.ts";
import type { GoModule } from "../../runtime/toolchain/go-module-definition.ts";
import type { FillRequest } from "./fill.ts";
import type { ImageConfig } from "./image-archive.ts";
import { packagesLayer, type UnpackedPackages } from "./layers.ts";
import type { ImageContent } from "./packed-image.ts";

/** How an image is made of programs that are built here, perhaps on top of Debian packages. */
export interface GoImageRecipe {
  readonly module: GoModule;
  /** Path in the image to the program's name in the module. */
  readonly programs: Readonly<Record<string, string>>;
  /** Path in the image to what a symbolic link there leads to. */
  readonly links?: Readonly<Record<string, string>>;
  readonly base?: UnpackedPackages;
  readonly config: ImageConfig;
}

/** Builds an image's programs and says what it is made of. */
export async function goImageContent(recipe: GoImageRecipe, request: FillRequest): Promise<ImageContent> {
  const { architecture, progress } = request;
  const folder = await buildGoModule(recipe.module, { architecture, progress });
  const files = Object.entries(recipe.programs).map(([path, program]) => [path, join(folder, program)]);
  const base = recipe.base === undefined ? [] : [await packagesLayer(recipe.base, architecture, progress)];
  const { links, config } = recipe;
  const builtOf = await builtFrom(recipe.module);
  return {
    files: Object.fromEntries(files),
    ...(links === undefined ? {} : { links }),
    base,
    config,
    builtFrom: builtOf,
  };
}
