import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import { fileSha256 } from "../../components/host/bundle.ts";
import { run } from "../../runtime/subprocess.ts";
import type { Architecture } from "../../runtime/toolchain/go-module.ts";

/** Where programs are looked for in a container that says nothing else. */
export const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** How a container of the image starts. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** `uid:gid`; default root. */
  readonly user?: string;
  readonly workingDirectory?: string;
}

/** Label of images that were made here: what they were made from. Their publishers' own have none. */
export const builtFromLabel = "grappe.local/built-from";

export interface ImageSpec {
  /** With registry and tag: `registry.k8s.io/pause:3.10.2`. */
  readonly reference: string;
  readonly architecture: Architecture;
  /** Uncompressed tar archives, lowest first. */
  readonly layers: readonly string[];
  readonly config: ImageConfig;
  /** What it was made from, for its label. */
  readonly builtFrom?: string;
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

const compression = { params: { [constants.ZSTD_c_compressionLevel]: 6 } };

/** Parameters that make GNU tar's output depend on the files alone. */
export const reproducible = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];

/** Renders (pure) an image's configuration as the OCI image specification has it. */
export function imageConfig(spec: ImageSpec, diffIds: readonly string[]): string {
  const { entrypoint, command, environment, user, workingDirectory } = spec.config;
  const path = { PATH: usualPath };
  return JSON.stringify({
    architecture: spec.architecture,
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: {
      Entrypoint: entrypoint,
      ...(command === undefined ? {} : { Cmd: command }),
      Env: Object.entries({ ...path, ...environment }).map(([name, value]) => `${name}=${value}`),
      ...(user === undefined ? {} : { User: user }),
      WorkingDir: workingDirectory ?? "/",
      ...(spec.builtFrom === undefined ? {} : { Labels: { [builtFromLabel]: spec.builtFrom } }),
    },
    rootfs: { type: "layers", diff_ids: diffIds },
  });
}

/** An image's manifest among an archive's blobs. */
interface IndexedImage {
  readonly spec: Pick<ImageSpec, "reference" | "architecture">;
  readonly manifest: Blob;
}

/** Renders (pure) the index of an archive; the annotations are what `ctr images import` names its images by. */
export function imageIndex(images: readonly IndexedImage[]): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: images.map(({ spec: { reference, architecture }, manifest }) => ({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      ...manifest,
      platform: { architecture, os: "linux" },
      annotations: {
        "io.containerd.image.name": reference,
        "org.opencontainers.image.ref.name": reference.slice(reference.lastIndexOf(":") + 1),
      },
    })),
  });
}

/**
 * Writes images as one OCI archive with zstd layers that `ctr images import`, k3s and podman load; a layer that several have is
 * in it once. Same input, same bytes.
 */
export async function writeImageArchive(specs: readonly ImageSpec[], archive: string): Promise<void> {
  await mkdir(dirname(archive), { recursive: true });
  const folder = await mkdtemp(`${archive}.partial-`);
  try {
    const blobs = join(folder, "layout", "blobs", "sha256");
    await mkdir(blobs, { recursive: true });
    const images: IndexedImage[] = [];
    for (const spec of specs) images.push({ spec, manifest: await writeImage(blobs, spec) });
    const layout = join(folder, "layout");
    await writeFile(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    await writeFile(join(layout, "index.json"), imageIndex(images));
    const partial = join(folder, "image.tar");
    await run(["tar", ...reproducible, "--create", "--file", partial, "--directory", layout, "."]);
    await rename(partial, archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeImage(blobs: string, spec: ImageSpec): Promise<Blob> {
  const layers: Blob[] = [];
  for (const layer of spec.layers) layers.push(await writeLayer(blobs, layer));
  const diffIds = await Promise.all(spec.layers.map(async (layer) => `sha256:${await fileSha256(layer)}`));
  const config = await writeBlob(blobs, imageConfig(spec, diffIds));
  return await writeBlob(
    blobs,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
      layers: layers.map((layer) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar+zstd", ...layer })),
    }),
  );
}

async function writeBlob(blobs: string, text: string): Promise<Blob> {
  const sha256 = createHash("sha256").update(text).digest("hex");
  await writeFile(join(blobs, sha256), text);
  return { digest: `sha256:${sha256}`, size: Buffer.byteLength(text) };
}

async function writeLayer(blobs: string, layer: string): Promise<Blob> {
  const partial = join(blobs, ".partial");
  await pipeline(createReadStream(layer), createZstdCompress(compression), createWriteStream(partial));
  const sha256 = await fileSha256(partial);
  const { size } = await stat(partial);
  await rename(partial, join(blobs, sha256));
  return { digest: `sha256:${sha256}`, size };
}
