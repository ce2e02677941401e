import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { RunError } from "@pulumi/pulumi/errors.js";
import { parse, stringify } from "yaml";
import { z } from "zod";
import grappe from "../../index.ts";
import type { ChangeCounts } from "../../runtime/engine/changes.ts";
import { inlineProgram } from "../../runtime/engine/inline-program.ts";
import { CommandFailure, KillableCommand } from "../../runtime/engine/killable-command.ts";
import { RunProgress } from "../../runtime/engine/run-progress.ts";
import {
  type ChosenProviders,
  chooseProviders,
  type ProviderChoice,
} from "../../runtime/providers/choose-providers.ts";
import { recoverStack } from "../../runtime/recovery/recover-stack.ts";
import { lookUpOf, refuseForeignObjects } from "../../runtime/recovery/stack-look-up.ts";
import { mendAttributes, stateFile } from "../../runtime/state/state-files.ts";
import { run } from "../../runtime/subprocess.ts";
import { ensurePulumi, withOnPath } from "../../runtime/toolchain/tools.ts";
import { type LabFolder, openLabFolder, repository } from "./lab-folder.ts";
import type { Configuration } from "./lab-settings.ts";

const labStackName = "lab";
const settingsFileOf = (stackName: string): string => `Pulumi.${stackName}.yaml`;
const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()).default({}) });

/** What the caller's environment could bring in that would reach a real cluster, agent or backend. */
const foreign = ["SSH_AUTH_SOCK", "KUBECONFIG", "PULUMI_ACCESS_TOKEN", "PULUMI_STACK"];

export type Phase = "up" | "preview" | "refresh" | "destroy";
type EngineOptions = { readonly onEvent: (event: automation.EngineEvent) => void; readonly parallel: number };

/** How a run of the engine ended. */
export interface LabRunResult {
  /** Number of resources by operation, such as `{ create: 3, same: 40 }`. */
  readonly changes: ChangeCounts;
  /** Of an `up`; in plain text, secrets too. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly seconds: number;
  /** All that the engine printed. */
  readonly log: string;
}

/** A run that failed; its log says where. */
export class LabRunFailure extends RunError {
  override readonly name = "LabRunFailure";
  readonly log: string;

  constructor(what: string, log: string) {
    super(`${what} failed; the lines above say where.`);
    this.log = log;
  }
}

const plainOutputs = z.record(z.string(), z.unknown());

/** What the CLI would be asked, a third of a second each time, and needn't: every command names its stack. */
const unasked = new Map([
  ["stack select", ""],
  ["stack output", "{}"],
  ["stack history", "[]"],
]);

export interface StackOptions {
  readonly choice?: ProviderChoice;
  readonly write: (line: string) => void;
}

/** The settings as they are committed, without what a run fills in. */
export async function committedSettings(file = join(repository, settingsFileOf(labStackName))): Promise<Configuration> {
  return stackFile.parse(parse(await readFile(file, "utf8"))).config;
}

/** A stack on this computer, and what it runs with. */
export interface StackParts {
  /** Name of the stack. */
  readonly stackName: string;
  readonly folder: LabFolder;
  /** Path of the Pulumi CLI. */
  readonly pulumi: string;
  readonly providers: ChosenProviders;
  /** Programs that come first on the engine's PATH: providers that aren't live. */
  readonly programs?: readonly string[];
  /** Further variables of the engine's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly write: (line: string) => void;
}

/** The program's outputs, kept as it runs in this process: asking the CLI for them afterwards takes half a second. */
class Outputs {
  values: Readonly<Record<string, unknown>> = {};

  async keep(program: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const outputs = await program();
    pulumi.output(outputs).apply((values) => {
      this.values = values;
    });
    return outputs;
  }
}

/** The lab's stack: state, settings and secrets in the lab's folder, the program and the providers in this process. */
export class LabStack {
  readonly folder: LabFolder;
  readonly command: KillableCommand;
  readonly providers: ChosenProviders;
  readonly #stackName: string;
  readonly #stack: automation.Stack;
  readonly #outputs: Outputs;
  readonly #write: (line: string) => void;

  private constructor(
    parts: StackParts,
    opened: { readonly command: KillableCommand; readonly stack: automation.Stack; readonly outputs: Outputs },
  ) {
    this.folder = parts.folder;
    this.command = opened.command;
    this.providers = parts.providers;
    this.#stackName = parts.stackName;
    this.#stack = opened.stack;
    this.#outputs = opened.outputs;
    this.#write = parts.write;
  }

  /** Opens the stack of a lab; it is made where there is none. */
  static async open(lab: string, options: StackOptions): Promise<LabStack> {
    const [folder, pulumi] = await Promise.all([openLabFolder(lab), ensurePulumi()]);
    const providers = await chooseProviders(options.choice, pulumi, repository);
    return await LabStack.with({ stackName: labStackName, folder, pulumi, providers, write: options.write });
  }

  /** Opens a stack from its parts; it is made where there is none. */
  static async with(parts: StackParts): Promise<LabStack> {
    const { stackName, folder, pulumi, providers, programs = [], environment = {} } = parts;
    process.env.PATH = withOnPath([process.execPath, pulumi]).PATH;
    const installed = await automation.PulumiCommand.get();
    const command = new KillableCommand(installed, unasked);
    const outputs = new Outputs();
    const file = join(folder.stack, settingsFileOf(stackName));
    await writeFile(file, "config: {}\n", { mode: 0o600, flag: "wx" }).catch(() => undefined);
    const isNew = !existsSync(stateFile(folder.backend, "grappe", stackName));
    const open = isNew ? automation.LocalWorkspace.createStack : automation.LocalWorkspace.selectStack;
    const stack = await open.call(
      automation.LocalWorkspace,
      { stackName, projectName: "grappe", program: inlineProgram(() => outputs.keep(grappe)) },
      {
        workDir: folder.stack,
        // Plugins and the program's relative paths start where the repository is.
        projectSettings: { name: "grappe", runtime: "nodejs", main: relative(folder.stack, repository) },
        pulumiCommand: command,
        envVars: {
          PULUMI_BACKEND_URL: `file://${folder.backend}`,
          PULUMI_CONFIG_PASSPHRASE: folder.passphrase,
          PULUMI_DEBUG_PROVIDERS: providers.debugProviders,
          ...withOnPath(programs),
          PULUMI_SKIP_UPDATE_CHECK: "true",
          // Providers are chosen, or installed, before: the engine would ask for plugins of live ones in vain, seconds long.
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          ...Object.fromEntries(foreign.map((name) => [name, ""])),
          ...environment,
        },
      },
    );
    return new LabStack(parts, { command, stack, outputs });
  }

  /** Writes the stack's settings. The SSH key goes in encrypted, once; `secrets` too, as they are given, and stay until then. */
  async configure(configuration: Configuration, secrets: Readonly<Record<string, string>> = {}): Promise<void> {
    const file = join(this.folder.stack, settingsFileOf(this.#stackName));
    const present = stackFile.parse(parse(await readFile(file, "utf8")) ?? { config: {} });
    const isSecret = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
    const kept = Object.fromEntries(Object.entries(present.config).filter(([, value]) => isSecret(value)));
    await writeFile(file, stringify({ ...present, config: { ...configuration, ...kept } }, { lineWidth: 0 }));
    const sshKey = "grappe:sshPrivateKey";
    const missing = kept[sshKey] === undefined ? { [sshKey]: this.folder.sshKey.privateKey } : {};
    // Not by the Automation API, which passes values as arguments: everybody on this computer sees those in the process list.
    const env = this.#stack.workspace.envVars;
    for (const [key, input] of Object.entries({ ...missing, ...secrets })) {
      const setSecret = ["config", "set", "--stack", this.#stackName, "--secret", key];
      await run([this.command.command, ...setSecret], { cwd: this.folder.stack, env, input });
    }
  }

  async #engine(what: Phase, options: EngineOptions): Promise<Pick<LabRunResult, "outputs" | "log">> {
    if (what === "up") {
      const { stdout, stderr } = await this.#stack.up(options);
      return { outputs: this.#outputs.values, log: stdout + stderr };
    }
    const { stdout, stderr } = await this.#stack[what](options);
    return { outputs: {}, log: stdout + stderr };
  }

  async run(what: Phase): Promise<LabRunResult> {
    await this.#freeFromDead();
    const began = performance.now();
    const progress = new RunProgress(this.#write);
    const changes: Record<string, number> = {};
    const onEvent = (event: automation.EngineEvent) => {
      progress.event(event);
      Object.assign(changes, event.summaryEvent?.resourceChanges);
    };
    try {
      const { outputs, log } = await this.#engine(what, { onEvent, parallel: 32 });
      return { changes, outputs, seconds: (performance.now() - began) / 1_000, log };
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      throw new LabRunFailure(what, error.output.stdout + error.output.stderr);
    } finally {
      progress.stop();
    }
  }

  /** After an engine that was killed: its lock goes, and what it was making is taken into the state. */
  async #freeFromDead(): Promise<void> {
    const locks = join(this.folder.backend, ".pulumi", "locks");
    const files = await readdir(locks, { recursive: true }).catch(() => []);
    if (!files.some((file) => file.endsWith(".json"))) return;
    await mendAttributes(stateFile(this.folder.backend, "grappe", this.#stackName));
    await recoverStack(this.#stack, { lookUp: lookUpOf(this.#stack) });
  }

  /**
   * Refuses a destroy that couldn't end, as the teardown does.
   *
   * @throws Error that names what of others stands on the stack's networks
   */
  async refuseForeign(): Promise<void> {
    await refuseForeignObjects(this.#stack);
  }

  /** The state as the engine exports it, secrets in plain text: for tests that look for them. */
  async plainState(): Promise<unknown> {
    return (await this.#stack.exportStack()).deployment;
  }

  /** The outputs of the last run, secrets in plain text. The Automation API isn't asked: here it answers without the CLI. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const ask = ["stack", "output", "--stack", this.#stackName, "--json", "--show-secrets"];
    const env = this.#stack.workspace.envVars;
    const { stdout } = await run([this.command.command, ...ask], { cwd: this.folder.stack, env });
    return plainOutputs.parse(JSON.parse(stdout));
  }

  close(): void {
    this.providers.stop();
  }
}
