import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileSha256 } from "../../components/host/bundle.ts";
import { cacheDirectory, exists } from "../toolchain/cache.ts";
import { type FillRequest, put } from "./fill.ts";
import { type ImageConfig, writeImageArchive } from "./image-archive.ts";
import type { ImageReference } from "./kubeadm-images.ts";
import { filesLayer } from "./layers.ts";

/** What an image is made of. */
export interface ImageContent {
  /** Path in the image to file or folder on this computer. */
  readonly files: Readonly<Record<string, string>>;
  /** Layers under the one that holds the files; a layer's file name says what is in it. */
  readonly base: readonly string[];
  readonly config: ImageConfig;
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

/** Packs an image, unless the cache holds it, and puts it into the bundle. */
export async function addPackedImage(
  request: FillRequest,
  image: ImageReference,
  content: ImageContent,
): Promise<void> {
  const { architecture } = request;
  const reference = `${image.repository}:${image.tag}`;
  const inputs = JSON.stringify([
    reference,
    architecture,
    content.base,
    await fingerprint(content.files),
    content.config,
  ]);
  const key = createHash("sha256").update(inputs).digest("hex").slice(0, 16);
  const archive = join(await cacheDirectory("images"), `${key}.tar`);
  if (!(await exists(archive))) {
    await request.progress.during(() => `packing ${reference}`, pack(request, reference, content, archive));
  }
  const identity = {
    name: image.repository,
    kind: "image",
    version: image.tag,
    architecture,
    origin: "source",
  } as const;
  await put(request, identity, { file: archive, publishedName: "image.tar" });
}

async function pack(
  { architecture }: FillRequest,
  reference: string,
  { files, base, config }: ImageContent,
  archive: string,
): Promise<void> {
  const scratch = await mkdtemp(join(await cacheDirectory("scratch"), "image-"));
  try {
    const layer = join(scratch, "files.tar");
    await filesLayer(files, layer);
    await writeImageArchive({ reference, architecture, layers: [...base, layer], config }, archive);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
