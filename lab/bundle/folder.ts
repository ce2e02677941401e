import { createReadStream, createWriteStream } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import {
  type Bundle,
  type BundleArtifact,
  type BundleManifest,
  fileSha256,
  manifestFile,
  parseManifest,
} from "../../components/host/bundle.ts";
import { exists } from "../../runtime/cache.ts";

/** What an artifact is, before its file is in the bundle. */
export type ArtifactIdentity = Omit<BundleArtifact, "file" | "sha256" | "unpackedSha256" | "size">;

const folders: Readonly<Record<BundleArtifact["kind"], string>> = {
  binary: "binaries",
  image: "images",
  chart: "charts",
  archive: "archives",
};

/** Where an artifact's file stands in the bundle's folder (pure). Its ending, such as `.tar.zst`, is that of the published name. */
export function artifactPath({ name, kind, version, architecture }: ArtifactIdentity, publishedName: string): string {
  const safe = (text: string): string => text.replaceAll(/[^\w.+-]/g, "_");
  const ending = kind === "binary" ? ".zst" : (publishedName.match(/(?:\.tar)?\.[a-z0-9]+$/)?.[0] ?? "");
  const file = `${safe(name)}-${safe(version)}${ending}`;
  return architecture === "any" ? `${folders[kind]}/${file}` : `${folders[kind]}/${architecture}/${file}`;
}

const identityOf = ({ name, kind, version, architecture }: ArtifactIdentity): string =>
  [kind, name, version, architecture].join(" ");

/** Programs shrink to a third; more effort than this saves only a few per cent. */
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 6 } };

async function compress(source: string, target: string): Promise<void> {
  await pipeline(createReadStream(source), createZstdCompress(compression), createWriteStream(target));
}

/** Puts an artifact into a manifest (pure): in the place of the same one if there is one; the order is by kind and name. */
export function withArtifact(manifest: BundleManifest, artifact: BundleArtifact): BundleManifest {
  const others = manifest.artifacts.filter((other) => identityOf(other) !== identityOf(artifact));
  const artifacts = [...others, artifact].toSorted((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1));
  return { ...manifest, artifacts };
}

/** The folder of a bundle while it is filled: after every artifact the manifest on disk is right, so filling can be resumed. */
export class BundleFolder implements Bundle {
  readonly directory: string;
  #manifest: BundleManifest;

  private constructor(directory: string, manifest: BundleManifest) {
    this.directory = directory;
    this.#manifest = manifest;
  }

  /** Opens a bundle's folder; an absent one becomes an empty bundle. */
  static async open(directory: string): Promise<BundleFolder> {
    await mkdir(directory, { recursive: true });
    const path = join(directory, manifestFile);
    const empty: BundleManifest = { schemaVersion: 1, artifacts: [] };
    const manifest = (await exists(path)) ? parseManifest(directory, await readFile(path, "utf8")) : empty;
    return new BundleFolder(directory, manifest);
  }

  get artifacts(): readonly BundleArtifact[] {
    return this.#manifest.artifacts;
  }

  /**
   * Puts a file into the bundle and writes the manifest, unless the bundle holds that very file already. A binary is
   * compressed: it goes to every host over SSH, which takes three times as long otherwise.
   *
   * @param archive the one that the file is named after, where several artifacts share a file
   */
  async add(
    identity: ArtifactIdentity,
    source: string,
    publishedName: string,
    archive: ArtifactIdentity = identity,
  ): Promise<"added" | "unchanged"> {
    const sourceSha256 = await fileSha256(source);
    const file = artifactPath(archive, publishedName);
    if (await this.#holds(identity, file, sourceSha256)) return "unchanged";
    const target = join(this.directory, file);
    const partial = `${target}.partial-${process.pid}`;
    await mkdir(dirname(target), { recursive: true });
    const isBinary = identity.kind === "binary";
    if (isBinary) await compress(source, partial);
    else await copyFile(source, partial);
    const sha256 = isBinary ? await fileSha256(partial) : sourceSha256;
    const { size } = await stat(partial);
    await rename(partial, target);
    const unpacked = isBinary ? { unpackedSha256: sourceSha256 } : {};
    this.#manifest = withArtifact(this.#manifest, { ...identity, file, sha256, ...unpacked, size });
    await this.#write();
    return "added";
  }

  /** Whether the file is there whose content, unpacked where it is compressed, has this hash. */
  async #holds(identity: ArtifactIdentity, file: string, sourceSha256: string): Promise<boolean> {
    const known = this.artifacts.find(
      (artifact) =>
        identityOf(artifact) === identityOf(identity) &&
        artifact.origin === identity.origin &&
        artifact.builtFrom === identity.builtFrom &&
        artifact.part === identity.part &&
        artifact.file === file &&
        (identity.kind === "binary" ? artifact.unpackedSha256 : artifact.sha256) === sourceSha256,
    );
    if (known === undefined) return false;
    const target = join(this.directory, known.file);
    return (await exists(target)) && (await fileSha256(target)) === known.sha256;
  }

  async #write(): Promise<void> {
    const path = join(this.directory, manifestFile);
    const partial = `${path}.partial-${process.pid}`;
    try {
      await writeFile(partial, `${JSON.stringify(this.#manifest, undefined, 2)}\n`);
      await rename(partial, path);
    } finally {
      await rm(partial, { force: true });
    }
  }
}
