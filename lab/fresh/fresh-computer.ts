import { createHash } from "node:crypto";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { shellAssignments } from "../../components/host/shell-assignments.ts";
import { isRunning } from "../../operations/recovery/run-lock.ts";
import { repository } from "../stack/lab-folder.ts";
import { cacheDirectory } from "../toolchain/cache.ts";
import { type DebianRecipe, debianRootFilesystem } from "../toolchain/debian-root-filesystem.ts";
import type { Progress } from "../toolchain/progress.ts";
import { run } from "../toolchain/subprocess.ts";
import { findNodeAndGo, installNode } from "./node-and-go.ts";
import { makeOwnNetwork, removeOwnNetwork } from "./own-network.ts";
import { giveRegistryAccess } from "./registry-access.ts";

/** A computer that has nothing but what README asks for: a root file system and a network of its own on this kernel. */
export interface FreshComputer {
  /** Runs a command as root in the folder of grappe. Everything it started ends with it, as if the power were cut. */
  run(command: string, onLine: (line: string) => void): Promise<void>;
  /** Takes the computer away. */
  remove(): Promise<void>;
}

/** The smallest Debian, and certificate authorities, without which nothing can be fetched. */
const packages = ["ca-certificates"];

const recipe: DebianRecipe = {
  suite: "bookworm",
  variant: "minbase",
  packages,
  recipe: createHash("sha256")
    .update(JSON.stringify(["fresh", "bookworm", process.arch, packages]))
    .digest("hex"),
};

/** Where grappe lies on it, as after `git clone`. */
const grappeFolder = "/root/grappe";

/** Of this repository, what git doesn't bring. */
const unversioned = new Set([".git", ".grappe", ".cache", "node_modules"]);

const parent = (): Promise<string> => cacheDirectory("fresh");

async function removeFolder(folder: string): Promise<void> {
  // Whatever was mounted below it was so in its own namespace only; if not, what is mounted must not go with it.
  await run(["rm", "--recursive", "--force", "--one-file-system", folder]);
}

/** Takes away what runs that were killed left: their processes ended with them, their files and networks did not. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(await parent())) {
    const id = Number(name);
    if (!Number.isInteger(id) || isRunning(id)) continue;
    await removeOwnNetwork(id);
    await removeFolder(join(await parent(), name));
  }
}

async function copyRepository(root: string): Promise<void> {
  const isVersioned = (path: string): boolean => !unversioned.has(relative(repository, path).split("/")[0] ?? "");
  await cp(repository, join(root, grappeFolder), { recursive: true, filter: isVersioned });
}

interface Shared {
  /** Caches of downloads, and of compiled Go packages by the hash of all that decides them. */
  readonly shared: Readonly<Record<string, string>>;
  readonly readonly: Readonly<Record<string, string>>;
}

/** What is shared with this computer hides downloads and compilations, never a step of installation. */
async function sharedFolders(go: string | undefined): Promise<Shared> {
  const npmCache = join(homedir(), ".npm");
  await mkdir(npmCache, { recursive: true });
  const packageCache = await cacheDirectory("fresh-packages");
  const shared: Record<string, string> = { [npmCache]: "/root/.npm", [packageCache]: "/var/cache/apt/archives" };
  if (go === undefined) return { shared, readonly: {} };
  const { stdout } = await run(["go", "env", "GOMODCACHE", "GOCACHE"]);
  const [modules = "", compiled = ""] = stdout.trim().split("\n");
  for (const folder of [modules, compiled]) await mkdir(folder, { recursive: true });
  return {
    shared: { ...shared, [modules]: "/root/go/pkg/mod", [compiled]: "/root/.cache/go-build" },
    readonly: { [go]: "/usr/local/go" },
  };
}

const folderLines = (folders: Readonly<Record<string, string>>): string =>
  Object.entries(folders)
    .map(([from, to]) => `${from}\t${to}\n`)
    .join("");

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/go/bin";

/**
 * Makes a fresh computer with this repository on it, as it is in the work tree.
 *
 * @throws if this process isn't root's, or the computer has no Node.js and npm to copy
 */
export async function makeFreshComputer(progress: Progress): Promise<FreshComputer> {
  if (process.getuid?.() !== 0) throw new Error("A fresh computer is made of namespaces: run this as root.");
  await removeAbandoned();
  const nodeAndGo = await findNodeAndGo();
  const archive = await debianRootFilesystem(recipe, progress);
  const id = process.pid;
  const folder = join(await parent(), String(id));
  const root = join(folder, "root");
  const remove = async (): Promise<void> => {
    await removeOwnNetwork(id);
    await removeFolder(folder);
  };
  try {
    await mkdir(root, { recursive: true });
    await run([
      "tar",
      "--extract",
      "--file",
      archive,
      "--directory",
      root,
      "--numeric-owner",
      "--preserve-permissions",
    ]);
    const network = await makeOwnNetwork(id);
    await writeFile(join(root, "etc", "hostname"), `${network.name}\n`);
    await writeFile(join(root, "etc", "hosts"), `127.0.0.1 localhost ${network.name}\n::1 localhost\n`);
    // Kept, as the cache is shared.
    await writeFile(join(root, "etc", "apt", "apt.conf.d", "91keep"), 'APT::Keep-Downloaded-Packages "true";\n');
    await installNode(root, nodeAndGo);
    const access = await giveRegistryAccess(root, nodeAndGo.npm);
    await copyRepository(root);
    const folders = await sharedFolders(nodeAndGo.go);
    const values = join(folder, "values");
    await writeFile(
      values,
      shellAssignments({
        name: network.name,
        shared: folderLines(folders.shared),
        readonly: folderLines(folders.readonly),
      }),
    );
    return {
      async run(command, onLine) {
        await run(
          [
            // Killed with this process, and all that runs there with it.
            "setpriv",
            ...["--pdeathsig", "KILL", "nsenter", `--net=${network.namespaceFile}`],
            ...["unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--uts", "--ipc"],
            ...["bash", join(import.meta.dirname, "enter.sh"), root, values],
            ...["env", "--ignore-environment", `PATH=${path}`, "HOME=/root", "TERM=dumb", "NO_COLOR=1"],
            ...Object.entries(access).map(([name, value]) => `${name}=${value}`),
            ...["bash", "-c", `exec 1>&2; cd ${grappeFolder}; ${command}`],
          ],
          { onErrorLine: onLine },
        );
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
