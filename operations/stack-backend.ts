import { access, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";

const remembered = z.strictObject({
  /** As PULUMI_BACKEND_URL takes it: `file:///…`, `s3://…`, `https://api.pulumi.com`. */
  backend: z.string().min(1),
  /** File with the passphrase that encrypts the stack's secrets; absent where the backend encrypts them itself. */
  passphraseFile: z.string().min(1).optional(),
});

/** Where a stack's state is, and what decrypts its secrets. */
export type StackBackend = z.output<typeof remembered>;

/**
 * What `./grappe new` keeps of a stack on this computer: not in the project's folder, where `git clean` would take the state and
 * the passphrase with it. Readable by this user alone.
 */
export interface StackFolder {
  readonly path: string;
  /** What is remembered: `StackBackend`. */
  readonly backendFile: string;
  readonly passphraseFile: string;
  /** The state of a stack whose backend is this computer. */
  readonly state: string;
  /** Answers of a `new` that was left. */
  readonly answersFile: string;
}

/** The folder of a stack (pure); its kind follows the XDG base directory specification. */
export function stackFolder(stack: string, environment: NodeJS.ProcessEnv = process.env): StackFolder {
  const given = environment.XDG_DATA_HOME;
  const data = given === undefined || given === "" ? join(homedir(), ".local", "share") : given;
  const path = join(data, "grappe", "stacks", stack);
  return {
    path,
    backendFile: join(path, "backend.json"),
    passphraseFile: join(path, "passphrase"),
    state: join(path, "state"),
    answersFile: join(path, "answers.json"),
  };
}

/** Makes a stack's folder where there is none. */
export async function makeStackFolder(stack: string, environment?: NodeJS.ProcessEnv): Promise<StackFolder> {
  const folder = stackFolder(stack, environment);
  await mkdir(folder.path, { recursive: true, mode: 0o700 });
  return folder;
}

/** Writes a file whole or not at all; only this user reads it. */
export async function writePrivately(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, text, { mode: 0o600 });
  await rename(beside, file);
}

/** Keeps where a stack's state is, so that no later command needs to be told. */
export async function rememberBackend(
  stack: string,
  backend: StackBackend,
  environment?: NodeJS.ProcessEnv,
): Promise<void> {
  const folder = await makeStackFolder(stack, environment);
  await writePrivately(folder.backendFile, `${JSON.stringify(backend, undefined, 2)}\n`);
}

/**
 * What is remembered of a stack; `undefined` of one that `./grappe new` didn't make on this computer.
 *
 * @throws RunError if the file can't be read as what it is
 */
export async function recallBackend(stack: string, environment?: NodeJS.ProcessEnv): Promise<StackBackend | undefined> {
  const { backendFile } = stackFolder(stack, environment);
  const text = await readFile(backendFile, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = remembered.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new RunError(
    `${backendFile} doesn't say where the state of stack ${stack} is: ${z.prettifyError(parsed.error)}. ` +
      'Fix: write {"backend": "file:///…", "passphraseFile": "/…"} into it, or remove it and set PULUMI_BACKEND_URL.',
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isSet = (value: string | undefined) => value !== undefined && value !== "";

/**
 * The variables that lead Pulumi to a stack's state and secrets, to be added to the environment: those that are set already
 * win, and nothing is added for a stack of which nothing is remembered.
 *
 * @throws RunError if the passphrase's file is gone
 */
export async function backendVariables(
  stack: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Readonly<Record<string, string>>> {
  const backend = await recallBackend(stack, environment);
  if (backend === undefined) return {};
  const url: Readonly<Record<string, string>> = isSet(environment.PULUMI_BACKEND_URL)
    ? {}
    : { PULUMI_BACKEND_URL: backend.backend };
  const { passphraseFile } = backend;
  const hasPassphrase =
    environment.PULUMI_CONFIG_PASSPHRASE !== undefined || isSet(environment.PULUMI_CONFIG_PASSPHRASE_FILE);
  if (passphraseFile === undefined || hasPassphrase) return url;
  await access(passphraseFile).catch(() => {
    throw new RunError(
      `The passphrase of stack ${stack} is gone: ${passphraseFile} can't be read. ` +
        "Fix: bring the file back, or set PULUMI_CONFIG_PASSPHRASE; without it nobody decrypts the stack's secrets.",
    );
  });
  return { ...url, PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile };
}
