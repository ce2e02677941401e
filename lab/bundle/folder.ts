import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  type Bundle,
  type BundleArtifact,
  type BundleManifest,
  fileSha256,
  manifestFile,
  parseManifest,
} from "../../components/host/bundle.ts";
import { exists } from "../toolchain/cache.ts";

/** What an artifact is, before its file is in the bundle. */
export type ArtifactIdentity = Omit<BundleArtifact, "file" | "sha256" | "size">;

const folders: Readonly<Record<BundleArtifact["kind"], string>> = {
  binary: "binaries",
  image: "images",
  chart: "charts",
  archive: "archives",
};

/** Where an artifact's file stands in the bundle's folder (pure). Its ending, such as `.tar.zst`, is that of the published name. */
export function artifactPath({ name, kind, version, architecture }: ArtifactIdentity, publishedName: string): string {
  const safe = (text: string): string => text.replaceAll(/[^\w.+-]/g, "_");
  const ending = kind === "binary" ? "" : (publishedName.match(/(?:\.tar)?\.[a-z0-9]+$/)?.[0] ?? "");
  const file = `${safe(name)}-${safe(version)}${ending}`;
  return architecture === "any" ? `${folders[kind]}/${file}` : `${folders[kind]}/${architecture}/${file}`;
}

/** Puts an artifact into a manifest (pure): in the place of the same one if there is one; the order is by kind and name. */
export function withArtifact(manifest: BundleManifest, artifact: BundleArtifact): BundleManifest {
  const identity = ({ name, kind, version, architecture }: BundleArtifact): string =>
    [kind, name, version, architecture].join(" ");
  const others = manifest.artifacts.filter((other) => identity(other) !== identity(artifact));
  const artifacts = [...others, artifact].toSorted((a, b) => (identity(a) < identity(b) ? -1 : 1));
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

  /** Copies a file into the bundle and writes the manifest, unless the bundle holds that very file already. */
  async add(identity: ArtifactIdentity, source: string, publishedName: string): Promise<"added" | "unchanged"> {
    const [sha256, { size }] = await Promise.all([fileSha256(source), stat(source)]);
    const artifact: BundleArtifact = { ...identity, file: artifactPath(identity, publishedName), sha256, size };
    if (await this.#holds(artifact)) return "unchanged";
    const target = join(this.directory, artifact.file);
    const partial = `${target}.partial-${process.pid}`;
    await mkdir(dirname(target), { recursive: true });
    await copyFile(source, partial);
    await rename(partial, target);
    this.#manifest = withArtifact(this.#manifest, artifact);
    await this.#write();
    return "added";
  }

  async #holds(artifact: BundleArtifact): Promise<boolean> {
    const known = this.artifacts.some((other) => isDeepStrictEqual(other, artifact));
    const target = join(this.directory, artifact.file);
    return known && (await exists(target)) && (await fileSha256(target)) === artifact.sha256;
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
