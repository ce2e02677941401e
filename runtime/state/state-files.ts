import { readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Workspace } from "@pulumi/pulumi/automation/index.js";

/** Where a stack's files are, if its states are files of this computer. */
export interface StateFiles {
  readonly state: string;
  readonly locks: string;
}

/** Where (pure) a backend that is a folder of this computer keeps a stack's state. */
export function stateFile(backend: string, project: string, stackName: string): string {
  return join(backend, ".pulumi", "stacks", project, `${stackName}.json`);
}

/** @returns `undefined` if another backend keeps the states */
export async function stateFiles(workspace: Workspace, stackName: string): Promise<StateFiles | undefined> {
  const { url } = await workspace.whoAmI();
  if (url?.startsWith("file://") !== true) return undefined;
  const { name: project } = await workspace.projectSettings();
  const name = stackName.split("/").at(-1) ?? stackName;
  const backend = fileURLToPath(url.replace("file://~", `file://${process.env.HOME}`));
  return {
    state: stateFile(backend, project, name),
    locks: join(backend, ".pulumi", "locks", "organization", project, name),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Takes away half-written files of attributes. The backend (gocloud.dev's fileblob) replaces a state in one move, but writes
 * the attributes beside it in place: an engine that is killed just then leaves them empty, and every command then fails with
 * «failed to load checkpoint: EOF». Without the file the state is read as it is.
 *
 * @param state the file of the stack's state
 */
export async function mendAttributes(state: string): Promise<void> {
  const folder = dirname(state);
  const names = (await readdir(folder).catch(() => [])).filter(
    (name) => name.startsWith(`${basename(state)}.`) && name.endsWith(".attrs"),
  );
  for (const name of names) {
    const file = join(folder, name);
    if (!isJson(await readFile(file, "utf8"))) await rm(file);
  }
}
