import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";
import { inlineProgram } from "../../runtime/engine/inline-program.ts";
import { CommandFailure, KillableCommand } from "../../runtime/engine/killable-command.ts";
import { type PlainConfiguration, parseSettingsFile } from "../../runtime/settings-files/settings-file.ts";
import { stateFile } from "../../runtime/state/state-files.ts";

export type PhaseName = "up" | "preview" | "destroy" | "refresh";

/** What one run of the engine did and said. */
export interface EngineRun {
  readonly ok: boolean;
  readonly events: readonly automation.EngineEvent[];
  /** What the CLI printed, both streams. */
  readonly output: string;
  readonly wallSeconds: number;
}

export interface ThrowAwayStackOptions {
  readonly project: string;
  readonly stack: string;
  readonly program: automation.PulumiFn;
  readonly configuration: PlainConfiguration;
  readonly secrets: Readonly<Record<string, string>>;
  readonly debugProviders: string;
  readonly installed: automation.PulumiCommand;
  /** Write the state after every operation, as is needed where the engine may be killed; otherwise once, at a run's end. */
  readonly checkpoints: boolean;
}

/** Environment variables of the caller that would let a rehearsal touch, or be touched by, anything real. */
const FOREIGN = ["SSH_AUTH_SOCK", "KUBECONFIG", "PULUMI_ACCESS_TOKEN", "PULUMI_STACK"];

/**
 * A stack in a folder of its own: project, settings, file backend and passphrase exist only for the rehearsal.
 * The program runs inside this process; the engine is a process of its own.
 */
export class ThrowAwayStack {
  readonly folder: string;
  readonly name: string;
  readonly command: KillableCommand;
  /** As the Automation API has it. */
  readonly automation: automation.Stack;
  readonly #project: string;

  private constructor(
    folder: string,
    options: ThrowAwayStackOptions,
    command: KillableCommand,
    stack: automation.Stack,
  ) {
    this.folder = folder;
    this.name = options.stack;
    this.#project = options.project;
    this.command = command;
    this.automation = stack;
  }

  static async create(options: ThrowAwayStackOptions): Promise<ThrowAwayStack> {
    const folder = mkdtempSync(join(tmpdir(), "grappe-rehearsal-"));
    const backend = join(folder, "backend");
    mkdirSync(backend);
    const settings = stringify({ config: options.configuration }, { lineWidth: 0 });
    writeFileSync(join(folder, `Pulumi.${options.stack}.yaml`), settings, { mode: 0o600 });
    const command = new KillableCommand(options.installed);
    const envVars: Record<string, string> = {
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url"),
      PULUMI_HOME: join(folder, "home"),
      PULUMI_DEBUG_PROVIDERS: options.debugProviders,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // The engine lives for seconds and the computer has memory: collecting garbage less often is faster.
      GOGC: "400",
      ...(options.checkpoints ? {} : { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" }),
      ...Object.fromEntries(FOREIGN.map((name) => [name, ""])),
    };
    const stack = await automation.LocalWorkspace.createStack(
      { stackName: options.stack, projectName: options.project, program: inlineProgram(options.program) },
      {
        workDir: folder,
        projectSettings: { name: options.project, runtime: "nodejs" },
        pulumiCommand: command,
        envVars,
      },
    );
    const secrets = Object.entries(options.secrets).map(([name, value]) => [name, { value, secret: true }]);
    if (secrets.length > 0) await stack.setAllConfig(Object.fromEntries(secrets));
    return new ThrowAwayStack(folder, options, command, stack);
  }

  /** Has another program run from now on. */
  changeProgram(program: automation.PulumiFn): void {
    this.automation.workspace.program = inlineProgram(program);
  }

  /** Replaces the plain settings; the secrets and their encryption stay. */
  changeConfiguration(configuration: PlainConfiguration): void {
    const file = join(this.folder, `Pulumi.${this.name}.yaml`);
    const document: { config: Record<string, unknown> } = parse(readFileSync(file, "utf8"));
    const { encryptedKeys } = parseSettingsFile(readFileSync(file, "utf8"), this.name);
    const kept = Object.fromEntries(encryptedKeys.map((key) => [key, document.config[key]]));
    writeFileSync(file, stringify({ ...document, config: { ...configuration, ...kept } }, { lineWidth: 0 }));
  }

  async run(phase: PhaseName): Promise<EngineRun> {
    const events: automation.EngineEvent[] = [];
    const onEvent = (event: automation.EngineEvent): void => {
      events.push(event);
    };
    const started = performance.now();
    const finish = (ok: boolean, { stdout, stderr }: { stdout: string; stderr: string }): EngineRun => ({
      ok,
      events,
      output: stdout + stderr,
      wallSeconds: (performance.now() - started) / 1000,
    });
    try {
      return finish(true, await this.automation[phase]({ onEvent }));
    } catch (error) {
      if (error instanceof CommandFailure) return finish(false, error.output);
      throw error;
    }
  }

  /** The state as it lies on the disk: secrets in it are encrypted, or they leaked. */
  get stateFile(): string {
    return stateFile(join(this.folder, "backend"), this.#project, this.name);
  }

  /** The contents of every file of the backend: state, its backups, history and locks. */
  backendFiles(): { path: string; content: string }[] {
    const root = join(this.folder, "backend");
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path, content: readFileSync(path, "utf8") }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
