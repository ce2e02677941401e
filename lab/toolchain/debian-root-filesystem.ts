import { chmod, copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory } from "../../runtime/cache.ts";
import type { Progress } from "../../runtime/progress.ts";
import { run } from "../../runtime/subprocess.ts";
import { buildOnce } from "../../runtime/toolchain/build-once.ts";
import { ensurePrograms } from "../../runtime/toolchain/debian-packages.ts";

export interface DebianRecipe {
  readonly suite: string;
  /** `minbase`: a small Debian with apt. `extract`: nothing but the packages' files and those they depend on, unconfigured. */
  readonly variant: "minbase" | "extract";
  readonly packages: readonly string[];
  /** Another suite, from which only those packages come that the suite itself hasn't. */
  readonly further?: string;
  /** Default: this computer's. With another one only `extract`, which runs none of the packages' scripts, does without `emulating`. */
  readonly architecture?: "amd64" | "arm64";
  /** What a command begins with so that programs of `architecture` run, such as `emulating` of emulator.ts. */
  readonly emulating?: (progress: Progress) => Promise<readonly [string, ...string[]]>;
  /** Script that is called with the root directory before it is packed. */
  readonly customizeHook?: string;
  /** Hash of everything that decides the result; the archive is kept under it. */
  readonly recipe: string;
}

const keyringFolder = "/usr/share/keyrings";
const debianKeyring = join(keyringFolder, "debian-archive-keyring.gpg");

/** What building a Debian root file system takes. Ubuntu has Debian's keys in a package of their own. */
const programs = [
  { program: "mmdebstrap", debianPackage: "mmdebstrap" },
  { program: "zstd", debianPackage: "zstd" },
  { program: "debian-archive-keyring.gpg", debianPackage: "debian-archive-keyring", folders: [keyringFolder] },
];

interface Source {
  readonly uri: string;
  readonly codename: string;
  /** Nothing, `-updates` or `-security`. */
  readonly pocket: string;
}

function sourceOf(line: string): readonly Source[] {
  const [origin, release, component, uri] = line.split("|");
  const [, codename, pocket = ""] = release?.match(/^([a-z]+)(-updates|-security)?$/) ?? [];
  return origin === "Debian" && component === "main" && uri && codename ? [{ uri, codename, pocket }] : [];
}

/**
 * Picks (pure), of the output of `apt-get indextargets`, the sources of one Debian suite as one-line entries: a lab on a
 * computer that uses a mirror or a proxy for its packages uses it too. On a computer of another suite they are those of its own.
 */
export function debianSources(indexTargets: string, suite: string): string[] {
  const sources = indexTargets.split("\n").flatMap(sourceOf);
  const own = sources.filter(({ codename }) => codename === suite);
  // Unstable has neither updates nor security updates of its own.
  const pockets = (own.length > 0 ? own : sources).filter(({ pocket }) => suite !== "sid" || pocket === "");
  const entries = pockets.map(({ uri, pocket }) => `deb ${uri} ${suite}${pocket} main`);
  return [...new Set(entries)];
}

async function configuredSources({ suite, further }: DebianRecipe): Promise<string[]> {
  const format = "$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)";
  const { stdout } = await run(["apt-get", "indextargets", "--format", format, "Created-By: Packages"]).catch(() => ({
    stdout: "",
  }));
  return [suite, ...(further === undefined ? [] : [further])].flatMap((each) => debianSources(stdout, each));
}

/** Releases that change every day: their lists say that they are stale after a week, and a mirror may be slower. */
const moving = ["forky", "sid"];

/** What mmdebstrap is called with. */
function parameters(recipe: DebianRecipe, keyrings: string, archive: string, sources: readonly string[]): string[] {
  return [
    `--variant=${recipe.variant}`,
    ...(recipe.architecture === undefined ? [] : [`--architectures=${recipe.architecture}`]),
    // Its own look for an emulator knows only what the computer has registered; devices can't be made in a user namespace.
    ...(recipe.emulating === undefined ? [] : ["--skip=check/qemu", "--mode=unshare"]),
    `--include=${recipe.packages.join(",")}`,
    `--keyring=${keyrings}`,
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=APT::Install-Recommends "false"',
    ...(recipe.further === undefined ? [] : [`--aptopt=APT::Default-Release "${recipe.suite}"`]),
    ...([recipe.suite, recipe.further].some((suite) => suite !== undefined && moving.includes(suite))
      ? ['--aptopt=Acquire::Check-Valid-Until "false"']
      : []),
    // The archive is all that is kept: nothing on the way to it needs to survive a power cut.
    "--dpkgopt=force-unsafe-io",
    ...["doc", "man", "locale", "info", "lintian"].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
    ...(recipe.customizeHook === undefined ? [] : [`--customize-hook=${recipe.customizeHook} "$1"`]),
    "--format=tar",
    recipe.suite,
    archive,
    ...sources,
  ];
}

/** Debian's keys, which Ubuntu doesn't trust, and those that this computer trusts: a mirror may sign with its own. */
async function gatherKeyrings(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  const trusted = "/etc/apt/trusted.gpg.d";
  const names = (await readdir(trusted).catch(() => [])).filter((name) => /\.(gpg|asc)$/.test(name));
  for (const name of names) await copyFile(join(trusted, name), join(folder, name));
  await copyFile(debianKeyring, join(folder, "debian-archive-keyring.gpg"));
}

/** Builds a Debian root file system as a tar archive, or returns the one kept from before. Needs root, as it calls chroot. */
export async function debianRootFilesystem(recipe: DebianRecipe, progress: Progress): Promise<string> {
  const key = recipe.recipe.slice(0, 16);
  const path = join(await cacheDirectory("root-filesystems"), `${recipe.suite}-${key}.tar`);
  const label = `Debian ${recipe.suite} with ${recipe.packages.length} packages`;
  const build = async (archive: string): Promise<void> => {
    await ensurePrograms(programs);
    const mmdebstrap = [...((await recipe.emulating?.(progress)) ?? []), "mmdebstrap"] as [string, ...string[]];
    // apt reads the keys as a user of its own, who may not enter root's cache.
    const keyrings = await mkdtemp(join(tmpdir(), "grappe-keyrings-"));
    let doing = "";
    try {
      await gatherKeyrings(keyrings);
      const sources = await configuredSources(recipe);
      const onErrorLine = (line: string): void => {
        if (line.startsWith("I: ")) doing = `: ${line.slice(3, 80)}`;
      };
      const command = parameters(recipe, keyrings, archive, sources);
      await progress.during(
        () => `building ${label} by mmdebstrap${doing}`,
        run([...mmdebstrap, ...command], { onErrorLine }),
      );
    } finally {
      await rm(keyrings, { recursive: true, force: true });
    }
  };
  return await buildOnce({ path, label, build }, progress);
}
