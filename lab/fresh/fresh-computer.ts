import { createHash } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { homedir, networkInterfaces } from "node:os";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { shellAssignments } from "../../components/host/shell-assignments.ts";
import { cacheDirectory } from "../../runtime/cache.ts";
import type { Progress } from "../../runtime/progress.ts";
import { run } from "../../runtime/subprocess.ts";
import { type Release, takeLock, unlessLocked } from "../../runtime/toolchain/lock.ts";
import { type DebianRecipe, debianRootFilesystem } from "../toolchain/debian-root-filesystem.ts";
import { findNodeAndGo, installNode, type NodeAndGo } from "./node-and-go.ts";
import { makeNetwork, mostNetworks, namespaceFile, type OwnNetwork, ownNetwork, removeNetwork } from "./own-network.ts";
import { giveRegistryAccess } from "./registry-access.ts";
import { copyRepository } from "./repository-copy.ts";

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

async function removeFolder(folder: string): Promise<void> {
  // Whatever was mounted below it was so in its own namespace only; if not, what is mounted must not go with it.
  await run(["rm", "--recursive", "--force", "--one-file-system", folder]);
}

/** What a fresh computer has of this one, as long as it lives: a folder, a network, and the lock that keeps others from both. */
interface Place {
  readonly folder: string;
  readonly network: OwnNetwork;
  readonly release: Release;
}

async function clear({ folder, network }: Pick<Place, "folder" | "network">): Promise<void> {
  await removeNetwork(network);
  await removeFolder(folder);
}

/** Takes the first free place, and clears those that killed runs left: their processes ended with them, files and networks did not. */
async function takePlace(): Promise<Place> {
  const parent = await cacheDirectory("fresh");
  const placeOf = (n: number) => ({ folder: join(parent, String(n)), network: ownNetwork(n) });
  for (const name of await readdir(parent)) {
    const place = placeOf(Number(name));
    await unlessLocked(place.folder, () => clear(place));
  }
  const taken = Object.values(networkInterfaces()).flatMap((entries) => entries?.map(({ address }) => address) ?? []);
  for (let n = 0; n < mostNetworks; n += 1) {
    const place = placeOf(n);
    if (taken.includes(place.network.here)) continue;
    const release = await takeLock(place.folder);
    if (release === undefined) continue;
    await clear(place);
    return { ...place, release };
  }
  throw new RunError("No network of 10.212.0.0/16 is left for a fresh computer.");
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

/** Makes the root file system; returns the variables that belong to it. */
async function install(
  { folder, network }: Place,
  archive: string,
  nodeAndGo: NodeAndGo,
): Promise<Readonly<Record<string, string>>> {
  const root = join(folder, "root");
  await mkdir(root, { recursive: true });
  await run(["tar", "--extract", "--file", archive, "--directory", root, "--numeric-owner", "--preserve-permissions"]);
  await writeFile(join(root, "etc", "hostname"), `${network.name}\n`);
  await writeFile(join(root, "etc", "hosts"), `127.0.0.1 localhost ${network.name}\n::1 localhost\n`);
  // Kept, as the cache is shared.
  await writeFile(join(root, "etc", "apt", "apt.conf.d", "91keep"), 'APT::Keep-Downloaded-Packages "true";\n');
  await installNode(root, nodeAndGo);
  const access = await giveRegistryAccess(root, nodeAndGo.npm);
  await copyRepository(join(root, grappeFolder));
  const { shared, readonly } = await sharedFolders(nodeAndGo.go);
  const values = { name: network.name, shared: folderLines(shared), readonly: folderLines(readonly) };
  await writeFile(join(folder, "values"), shellAssignments(values));
  return access;
}

/** The command that runs another one on the computer. */
function entering({ folder, network }: Place, access: Readonly<Record<string, string>>): [string, ...string[]] {
  return [
    // Killed with this process, and all that runs there with it.
    "setpriv",
    ...["--pdeathsig", "KILL", "nsenter", `--net=${namespaceFile(network)}`],
    ...["unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--uts", "--ipc"],
    ...["bash", join(import.meta.dirname, "enter.sh"), join(folder, "root"), join(folder, "values")],
    ...["env", "--ignore-environment", `PATH=${path}`, "HOME=/root", "TERM=dumb", "NO_COLOR=1"],
    ...Object.entries(access).map(([name, value]) => `${name}=${value}`),
  ];
}

/**
 * Makes a fresh computer with this repository on it, as it is in the work tree.
 *
 * @throws if this process isn't root's, or the computer has no Node.js and npm to copy
 */
export async function makeFreshComputer(progress: Progress): Promise<FreshComputer> {
  if (process.getuid?.() !== 0) throw new RunError("A fresh computer is made of namespaces: run this as root.");
  const nodeAndGo = await findNodeAndGo();
  const archive = await debianRootFilesystem(recipe, progress);
  const place = await takePlace();
  const remove = async (): Promise<void> => {
    await clear(place);
    await place.release();
  };
  try {
    await makeNetwork(place.network);
    const access = await install(place, archive, nodeAndGo);
    return {
      async run(command, onLine) {
        const shell = ["bash", "-c", `exec 1>&2; cd ${grappeFolder}; ${command}`];
        await run([...entering(place, access), ...shell], { onErrorLine: onLine });
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
