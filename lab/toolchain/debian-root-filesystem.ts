import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, exists } from "./cache.ts";
import { ensurePrograms } from "./debian-packages.ts";
import type { Progress } from "./progress.ts";
import { run } from "./subprocess.ts";

export interface DebianRecipe {
  readonly suite: string;
  /** `minbase`: a small Debian with apt. `extract`: nothing but the packages' files and those they depend on, unconfigured. */
  readonly variant: "minbase" | "extract";
  readonly packages: readonly string[];
  /** Default: this computer's. Another one is possible for `extract` alone, which runs none of the packages' scripts. */
  readonly architecture?: "amd64" | "arm64";
  /** Script that is called with the root directory before it is packed. */
  readonly customizeHook?: string;
  /** Hash of everything that decides the result; the archive is kept under it. */
  readonly recipe: string;
}

/** Programs that building a Debian root file system takes. */
const programs = [
  { program: "mmdebstrap", debianPackage: "mmdebstrap" },
  { program: "zstd", debianPackage: "zstd" },
];

/**
 * Picks (pure), of the output of `apt-get indextargets`, the sources of one Debian suite as one-line entries: a lab on a
 * computer that uses a mirror or a proxy for its packages uses it too.
 */
export function debianSources(indexTargets: string, suite: string): string[] {
  const entries = indexTargets.split("\n").flatMap((line) => {
    const [origin, release, component, uri] = line.split("|");
    const isOfSuite = release === suite || release === `${suite}-updates` || release === `${suite}-security`;
    return origin === "Debian" && isOfSuite && component === "main" && uri
      ? [`deb ${uri} ${release} ${component}`]
      : [];
  });
  return [...new Set(entries)];
}

async function configuredSources(suite: string): Promise<string[]> {
  const format = "$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)";
  const { stdout } = await run(["apt-get", "indextargets", "--format", format, "Created-By: Packages"]).catch(() => ({
    stdout: "",
  }));
  return debianSources(stdout, suite);
}

/** Builds a Debian root file system as a tar archive, or returns the one kept from before. Needs root, as it calls chroot. */
export async function debianRootFilesystem(recipe: DebianRecipe, progress: Progress): Promise<string> {
  const directory = await cacheDirectory("root-filesystems");
  const archive = join(directory, `${recipe.suite}-${recipe.recipe.slice(0, 16)}.tar`);
  if (await exists(archive)) return archive;
  await ensurePrograms(programs);
  const partial = join(directory, `.${process.pid}-${recipe.recipe.slice(0, 16)}.tar`);
  let doing = "";
  const sources = await configuredSources(recipe.suite);
  try {
    await progress.during(
      () => `building Debian ${recipe.suite} with ${recipe.packages.length} packages by mmdebstrap${doing}`,
      run(
        [
          "mmdebstrap",
          `--variant=${recipe.variant}`,
          ...(recipe.architecture === undefined ? [] : [`--architectures=${recipe.architecture}`]),
          `--include=${recipe.packages.join(",")}`,
          '--aptopt=Acquire::Languages "none"',
          '--aptopt=APT::Install-Recommends "false"',
          // The archive is all that is kept: nothing on the way to it needs to survive a power cut.
          "--dpkgopt=force-unsafe-io",
          ...["doc", "man", "locale", "info", "lintian"].map(
            (folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`,
          ),
          ...(recipe.customizeHook === undefined ? [] : [`--customize-hook=${recipe.customizeHook} "$1"`]),
          "--format=tar",
          recipe.suite,
          partial,
          ...sources,
        ],
        {
          onErrorLine: (line) => {
            if (line.startsWith("I: ")) doing = `: ${line.slice(3, 80)}`;
          },
        },
      ),
    );
    await rename(partial, archive);
  } finally {
    await rm(partial, { force: true });
  }
  return archive;
}
