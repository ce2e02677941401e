import { chmod, cp, mkdir, realpath, stat, symlink } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { isInstalled, run } from "../../runtime/subprocess.ts";

/** What README asks of a user: Node.js with npm, and Go where releases aren't reached. Debian 12 has none of a version that will do. */
export interface NodeAndGo {
  /** The program `node`. */
  readonly node: string;
  /** The program `npm`: a script of the package below. */
  readonly npm: string;
  /** The folder of the package npm. */
  readonly npmPackage: string;
  /** Folder of Go's own files; none where Go isn't installed. */
  readonly go: string | undefined;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );

/** Folders of PATH (pure) in which a user's own programs stand, without those that npm puts before them. */
export function ownFolders(path: string): string[] {
  return path.split(delimiter).filter((folder) => folder !== "" && !/\/node_modules\//.test(`${folder}/`));
}

/**
 * Finds the Node.js, npm and Go that this computer's user has.
 *
 * @throws if Node.js or npm isn't on PATH
 */
export async function findNodeAndGo(): Promise<NodeAndGo> {
  for (const folder of ownFolders(process.env.PATH ?? "")) {
    const [node, npm] = [join(folder, "node"), join(folder, "npm")];
    if (!(await isFile(node)) || !(await isFile(npm))) continue;
    // …/npm/bin/npm-cli.js
    const npmPackage = dirname(dirname(await realpath(npm)));
    const go = (await isInstalled("go")) ? (await run(["go", "env", "GOROOT"])).stdout.trim() : undefined;
    return { node: await realpath(node), npm, npmPackage, go };
  }
  throw new RunError(
    "Node.js with its npm isn't on PATH. Install it (https://nodejs.org): a fresh computer is given a copy.",
  );
}

/** Puts Node.js and npm into a root file system, where its own archive puts them: below /usr/local. */
export async function installNode(root: string, { node, npmPackage }: NodeAndGo): Promise<void> {
  const local = join(root, "usr", "local");
  const modules = join(local, "lib", "node_modules");
  await mkdir(modules, { recursive: true });
  await cp(node, join(local, "bin", "node"));
  await chmod(join(local, "bin", "node"), 0o755);
  await cp(npmPackage, join(modules, "npm"), { recursive: true });
  for (const name of ["npm", "npx"]) {
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, "bin", name));
  }
  const answer = await run(["chroot", root, "/usr/local/bin/node", "--version"]).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunError(`${node} doesn't run on a fresh Debian 12: take the one of https://nodejs.org.\n${reason}`);
  });
  const version = Number(answer.stdout.replace(/^v/, "").split(".")[0]);
  if (version < 20) throw new RunError(`${node} is ${answer.stdout.trim()}: README asks for Node.js 20 or newer.`);
}
