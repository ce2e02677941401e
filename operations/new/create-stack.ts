import { randomBytes } from "node:crypto";
import { access, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { run, SubprocessError } from "../../runtime/subprocess.ts";
import { ensurePulumi } from "../../runtime/toolchain/tools.ts";
import { makeStackFolder, rememberBackend } from "../stack-backend.ts";
import type { ChosenBackend } from "./backend-choice.ts";
import { withEncrypted } from "./encrypted-settings.ts";

export interface NewStack {
  readonly name: string;
  /** Text of the settings file, without secrets. */
  readonly text: string;
  /** Whole keys to values, to be written encrypted. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly backend: ChosenBackend;
  /** The project's folder: where `Pulumi.yaml` is, and the settings file will be. */
  readonly project: string;
  readonly write: (line: string) => void;
  /** Variables of the process that reach Pulumi and say where this computer keeps things. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** The settings file of a stack. */
export const settingsFile = (project: string, stack: string) => join(project, `Pulumi.${stack}.yaml`);

/** Refuses a stack whose settings are there: they are somebody's work. @throws RunError in one sentence with the fix */
export async function refuseExisting(project: string, stack: string): Promise<void> {
  const isThere = await access(settingsFile(project, stack)).then(
    () => true,
    () => false,
  );
  if (isThere) throw existing(stack);
}

const existing = (stack: string) =>
  new RunError(
    `Pulumi.${stack}.yaml is there already, and isn't overwritten. Change it in an editor, or take another name.`,
  );

/**
 * Makes a stack: its backend's record, its encrypted secrets, and at last its settings file, which so is there whole or not at all.
 * What a cut-off run left is taken up.
 *
 * @returns the settings file
 * @throws RunError in one sentence with the fix
 */
export async function createStack(stack: NewStack): Promise<string> {
  const { name, text, secrets, backend, project, environment = process.env } = stack;
  const pulumi = await ensurePulumi();
  const passphraseFile = backend.ownPassphrase ? await ensurePassphrase(name, environment) : undefined;
  const work = join(project, ".grappe", "new", name);
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true, mode: 0o700 });
  try {
    await writeFile(join(work, "Pulumi.yaml"), "name: grappe\nruntime: nodejs\n");
    await writeFile(settingsFile(work, name), text, { mode: 0o644 });
    const passphrase = passphraseFile === undefined ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile };
    const env = { ...environment, PULUMI_BACKEND_URL: backend.url, PULUMI_SKIP_UPDATE_CHECK: "true", ...passphrase };
    const cli = new Cli(pulumi, work, env);
    if (backend.url.startsWith("file://")) await makeStateFolder(fileURLToPath(backend.url));
    await initStack(cli, name, backend);
    for (const [key, value] of Object.entries(secrets)) {
      // Not as an argument: everybody on this computer sees those in the process list.
      await cli.run(["config", "set", "--stack", name, "--secret", key], value);
    }
    const file = settingsFile(work, name);
    await writeFile(file, withEncrypted(text, await readFile(file, "utf8")));
    await rememberBackend(
      name,
      { backend: backend.url, ...(passphraseFile === undefined ? {} : { passphraseFile }) },
      environment,
    );
    await publish(file, project, name);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return settingsFile(project, name);
}

async function makeStateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new RunError(`The state's folder ${path} can't be made (${error.code}). Name another by --backend.`);
  });
}

/** Puts a whole file where none is. A link fails where a file is, as a rename doesn't. */
async function publish(file: string, project: string, name: string): Promise<void> {
  await link(file, settingsFile(project, name)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EEXIST" ? existing(name) : error;
  });
}

/** The file with a stack's passphrase, made where there is none. */
async function ensurePassphrase(name: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const { passphraseFile } = await makeStackFolder(name, environment);
  const present = await readFile(passphraseFile, "utf8").catch(() => "");
  if (present.trim() === "") {
    await rm(passphraseFile, { force: true });
    await writeFile(passphraseFile, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  }
  return passphraseFile;
}

/** The Pulumi CLI in a folder of its own. */
class Cli {
  readonly #program: string;
  readonly #cwd: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(program: string, cwd: string, env: NodeJS.ProcessEnv) {
    this.#program = program;
    this.#cwd = cwd;
    this.#env = env;
  }

  async run(parameters: readonly string[], input = ""): Promise<string> {
    const command = [this.#program, ...parameters, "--non-interactive"] as const;
    return (await run(command, { cwd: this.#cwd, env: this.#env, input })).stdout;
  }
}

const exported = z.object({
  deployment: z.object({ resources: z.array(z.unknown()).nullish() }).nullish(),
});

/** Makes the stack's record in the backend; one without resources, of a run that was cut off, is taken up. */
async function initStack(cli: Cli, name: string, backend: ChosenBackend): Promise<void> {
  try {
    await cli.run(["stack", "init", name, "--no-select"]);
  } catch (error) {
    if (!(error instanceof SubprocessError)) throw error;
    if (!/already exists/.test(error.stderr)) throw new RunError(initFault(error.stderr, backend));
    const state = exported.safeParse(JSON.parse(await cli.run(["stack", "export", "--stack", name])));
    const count = state.data?.deployment?.resources?.length ?? 0;
    if (count > 0)
      throw new RunError(
        `Stack ${name} exists in ${backend.url} already, with ${count} resources. Take another name; or bring its Pulumi.${name}.yaml here, and go on with that.`,
      );
  }
}

/** Why a stack couldn't be made (pure), with the fix. */
export function initFault(stderr: string, { url }: Pick<ChosenBackend, "url">): string {
  const said =
    stderr
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^error: /, "") ?? "";
  if (/PULUMI_ACCESS_TOKEN|log ?in/i.test(stderr))
    return `${url} wants a log-in: ./grappe pulumi login ${url}, or set PULUMI_ACCESS_TOKEN. Then run this again.`;
  if (/passphrase/i.test(stderr))
    return `The passphrase of the environment doesn't serve: ${said}. Unset it, or correct it.`;
  return `The stack can't be made in ${url}: ${said}. Check the backend's URL, and that this computer may write to it.`;
}
