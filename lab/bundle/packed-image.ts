import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileSha256 } from "../../components/host/bundle.ts";
import { cacheDirectory } from "../../runtime/cache.ts";
import { buildOnce } from "../../runtime/toolchain/build-once.ts";
import { type FillRequest, put } from "./fill.ts";
import { type ImageConfig, type ImageSpec, writeImageArchive } from "./image-archive.ts";
import type { ImageReference } from "./kubeadm-images.ts";
import { filesLayer } from "./layers.ts";

/** What an image is made of. */
export interface ImageContent {
  /** Path in the image to file or folder on this computer. */
  readonly files: Readonly<Record<string, string>>;
  /** Path in the image to what a symbolic link there leads to. */
  readonly links?: Readonly<Record<string, string>>;
  /** Layers under the one that holds the files; a layer's file name says what is in it. */
  readonly base: readonly string[];
  readonly config: ImageConfig;
  /** What it is made from, for its label and the manifest: module@version, packages. */
  readonly builtFrom?: string;
}

/** Of the files, everything that is in their layer: paths and hashes. */
async function fingerprint(files: Readonly<Record<string, string>>): Promise<string[]> {
  const lines = await Promise.all(
    Object.entries(files).map(async ([path, source]) => {
      if (!(await stat(source)).isDirectory()) return [`${path} ${await fileSha256(source)}`];
      const names = await readdir(source);
      return await fingerprint(Object.fromEntries(names.map((name) => [`${path}/${name}`, join(source, name)])));
    }),
  );
  return lines.flat().toSorted();
}

/** An image and what it is made of. */
export interface PackedImage {
  readonly image: ImageReference;
  readonly content: ImageContent;
  /** Default: `source`. */
  readonly origin?: "source" | "stand-in";
  /** The part that it is for; absent: every host takes it. */
  readonly part?: string;
}

const referenceOf = ({ image: { repository, tag } }: PackedImage): string => `${repository}:${tag}`;

/** Packs images into one archive, in which shared layers are once, unless the cache holds it, and puts it into the bundle. */
export async function addPackedImages(request: FillRequest, images: readonly PackedImage[]): Promise<void> {
  const { architecture } = request;
  const [first] = images;
  if (first === undefined) return;
  const inputs = images.map(async (packed) => {
    const { base, files, config, links = {}, builtFrom } = packed.content;
    return [referenceOf(packed), architecture, base, await fingerprint(files), config, links, builtFrom];
  });
  const key = createHash("sha256")
    .update(JSON.stringify(await Promise.all(inputs)))
    .digest("hex")
    .slice(0, 16);
  const label = images.map(referenceOf).join(", ");
  const path = join(await cacheDirectory("images"), `${key}.tar`);
  const build = (result: string, folder: string): Promise<void> =>
    request.progress.during(() => `packing ${label}`, pack(request, images, { archive: result, scratch: folder }));
  const archive = await buildOnce({ path, label, build }, request.progress);
  const identityOf = ({ image: { repository, tag }, content: { builtFrom }, origin = "source", part }: PackedImage) =>
    ({
      name: repository,
      kind: "image",
      version: tag,
      architecture,
      origin,
      ...(builtFrom === undefined ? {} : { builtFrom }),
      ...(part === undefined ? {} : { part }),
    }) as const;
  for (const packed of images) {
    const source = { file: archive, publishedName: "image.tar", archive: identityOf(first) };
    await put(request, identityOf(packed), source);
  }
}

async function pack(
  { architecture }: FillRequest,
  images: readonly PackedImage[],
  { archive, scratch }: { readonly archive: string; readonly scratch: string },
): Promise<void> {
  const specs: ImageSpec[] = [];
  for (const [index, packed] of images.entries()) {
    const { files, links, base, config, builtFrom } = packed.content;
    const layer = join(scratch, `files-${index}.tar`);
    await filesLayer(files, layer, links);
    const layers = [...base, layer];
    const made = builtFrom === undefined ? {} : { builtFrom };
    specs.push({ reference: referenceOf(packed), architecture, layers, config, ...made });
  }
  await writeImageArchive(specs, archive);
}
