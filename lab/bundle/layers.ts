import { createHash } from "node:crypto";
import { chmod, cp, mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDirectory, exists } from "../../runtime/cache.ts";
import type { Progress } from "../../runtime/progress.ts";
import { run } from "../../runtime/subprocess.ts";
import { buildOnce } from "../../runtime/toolchain/build-once.ts";
import { type Architecture, ownArchitecture } from "../../runtime/toolchain/go-module.ts";
import { type DebianRecipe, debianRootFilesystem } from "../toolchain/debian-root-filesystem.ts";
import { reproducible } from "./image-archive.ts";

/** Debian release that images with shared libraries are made of, unless they name another. */
const usualSuite = "bookworm";

/** Of packages' files, what no program needs at run time. */
const superfluous = [
  "./dev",
  "./var",
  "./etc/apt",
  "./etc/hostname",
  "./etc/resolv.conf",
  ...["doc", "man", "lintian", "bug", "perl5", "bash-completion"].map((name) => `./usr/share/${name}`),
];

/** Packs a folder as a layer. Same files, same bytes. */
async function pack(root: string, layer: string): Promise<void> {
  await chmod(root, 0o755);
  const permissions = "--mode=u+rwX,go+rX,go-w";
  await run(["tar", ...reproducible, permissions, "--create", "--file", layer, "--directory", root, "."]);
}

/**
 * Packs files and folders of this computer, and symbolic links, keyed by their path in the image, as one layer: the tar archive
 * `layer`.
 */
export async function filesLayer(
  files: Readonly<Record<string, string>>,
  layer: string,
  links: Readonly<Record<string, string>> = {},
): Promise<void> {
  const staging = await mkdtemp(`${layer}.partial-`);
  try {
    const root = join(staging, "root");
    await mkdir(join(root, "tmp"), { recursive: true });
    for (const [path, source] of Object.entries(files)) {
      const target = join(root, path);
      await mkdir(dirname(target), { recursive: true });
      await cp(source, target, { recursive: true, dereference: true });
    }
    for (const [path, target] of Object.entries(links)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await symlink(target, join(root, path));
    }
    await pack(root, join(staging, "layer.tar"));
    await rename(join(staging, "layer.tar"), layer);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Since trixie packages hold nothing outside of /usr; the links to it come from a package that nothing here depends on. */
async function mergeUsr(root: string): Promise<void> {
  for (const folder of ["bin", "sbin", "lib", "lib64"]) {
    if ((await exists(join(root, "usr", folder))) && !(await exists(join(root, folder)))) {
      await symlink(join("usr", folder), join(root, folder));
    }
  }
}

/** Debian packages to be unpacked, not configured, and the links that configuring them would have made. */
export interface UnpackedPackages {
  readonly packages: readonly string[];
  /** Debian release. Default: bookworm. */
  readonly suite?: string;
  readonly links?: Readonly<Record<string, string>>;
}

/** A layer that holds Debian packages' files, those of what they depend on, and nothing else; kept in the cache. */
export async function packagesLayer(
  wanted: UnpackedPackages,
  architecture: Architecture,
  progress: Progress,
): Promise<string> {
  const { packages, suite = usualSuite, links = {} } = wanted;
  const inputs = [suite, architecture, packages, links];
  const debian = { suite, variant: "extract", architecture, packages } as const;
  return await layerOf(debian, inputs, progress, async (root) => {
    for (const [link, target] of Object.entries(links)) await symlink(target, join(root, link));
    await mergeUsr(root);
  });
}

/** Debian packages that run only once they are configured, in a small Debian. */
export interface ConfiguredPackages {
  readonly suite: string;
  /** Another suite, from which only those packages come that the suite itself hasn't. */
  readonly further?: string;
  readonly packages: readonly string[];
  /** Empty folders beside them. */
  readonly folders: readonly string[];
  /** Languages whose translations (`*.po`) stay; all would be half of an image. */
  readonly languages: readonly string[];
}

/** A layer that holds a small Debian of this computer's architecture with the packages; kept in the cache. */
export async function systemLayer(wanted: ConfiguredPackages, progress: Progress): Promise<string> {
  const inputs = [wanted, ownArchitecture()];
  const { folders, languages, ...packages } = wanted;
  const kept = languages.flatMap((language) => ["!", "-name", `${language}.po`, "!", "-name", `${language}_*.po`]);
  return await layerOf({ ...packages, variant: "minbase" }, inputs, progress, async (root) => {
    for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
    await run(["find", join(root, "usr"), "-name", "*.po", ...kept, "-delete"]);
  });
}

async function layerOf(
  debian: Omit<DebianRecipe, "recipe">,
  inputs: readonly unknown[],
  progress: Progress,
  finish: (root: string) => Promise<void>,
): Promise<string> {
  const recipe = createHash("sha256")
    .update(JSON.stringify([...inputs, superfluous]))
    .digest("hex");
  const path = join(await cacheDirectory("layers"), `${recipe.slice(0, 16)}-merged.tar`);
  const build = async (layer: string, folder: string): Promise<void> => {
    const archive = await debianRootFilesystem({ ...debian, recipe }, progress);
    const root = join(folder, "root");
    await mkdir(root);
    const excludes = superfluous.map((name) => `--exclude=${name}`);
    await run(["tar", "--extract", "--file", archive, "--directory", root, ...excludes]);
    await finish(root);
    await pack(root, layer);
  };
  return await buildOnce({ path, label: `a layer of ${debian.packages.join(", ")}`, build }, progress);
}
