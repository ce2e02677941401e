import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newSshKeyPair, type SshKeyPair } from "../../components/host/ssh-key-pair.ts";

export const repository = join(import.meta.dirname, "..", "..");

/** Where a bundle stands if nothing else is said. */
export const defaultBundle = join(repository, ".grappe", "bundle");

/** Compiled code of the commands, kept from run to run: it takes a third off their start. */
export const compileCache = join(repository, ".grappe", "compile-cache");

/** What a lab, or the cloud, keeps on this computer: its stack's state, passphrase and SSH key. Readable by this user alone. */
export interface LabFolder {
  readonly path: string;
  /** Working directory of the stack: its project file and filled-in settings. */
  readonly stack: string;
  /** The file backend's folder. */
  readonly backend: string;
  /** Kubeconfig of the cluster, for the user's own kubectl. */
  readonly kubeconfig: string;
  readonly passphrase: string;
  readonly sshKey: SshKeyPair;
}

async function readOrMake(file: string, make: () => string): Promise<string> {
  const present = await readFile(file, "utf8").catch(() => undefined);
  if (present !== undefined) return present;
  const made = make();
  await writeFile(file, made, { mode: 0o600 });
  return made;
}

function pathOf(lab: string): string {
  return join(repository, ".grappe", "lab", lab);
}

/** Opens a lab's folder, made with a new passphrase and SSH key where there is none. */
export function openLabFolder(lab: string): Promise<LabFolder> {
  return openStackFolder(pathOf(lab));
}

/** Opens a lab's folder where there is one. */
export async function labFolderIfThere(lab: string): Promise<LabFolder | undefined> {
  return existsSync(join(pathOf(lab), "stack")) ? await openLabFolder(lab) : undefined;
}

/** Opens a folder for a stack, made like a lab's where it lacks anything. */
export async function openStackFolder(path: string): Promise<LabFolder> {
  const stack = join(path, "stack");
  const backend = join(path, "backend");
  for (const folder of [path, stack, backend]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  const passphrase = await readOrMake(join(path, "passphrase"), () => randomBytes(24).toString("base64url"));
  const pair = await readOrMake(join(path, "ssh-key.json"), () => JSON.stringify(newSshKeyPair()));
  const sshKey: SshKeyPair = JSON.parse(pair);
  return { path, stack, backend, kubeconfig: join(path, "kubeconfig"), passphrase, sshKey };
}

export async function removeLabFolder(lab: string): Promise<void> {
  await rm(pathOf(lab), { recursive: true, force: true });
}
