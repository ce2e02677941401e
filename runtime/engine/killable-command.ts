import { type ChildProcess, spawn } from "node:child_process";
import { delimiter, dirname, isAbsolute } from "node:path";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { descendantsOf, killProcesses } from "./descendants.ts";

/** What a run of the CLI printed. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** The CLI ended with a code other than 0, or by a signal (code -1). */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly output: CommandOutput;
  constructor(output: CommandOutput) {
    super(output.stderr || output.stdout);
    this.output = output;
  }
}

/** Commands whose output a person reads and a pipeline keeps. */
const SHOWN = new Set(["up", "preview", "destroy", "refresh", "cancel"]);

/** What the Automation API asks for after every run, at a third of a second each, and a rehearsal doesn't need. */
const UNASKED = new Map([
  ["stack output", "{}"],
  ["stack history", "[]"],
]);

/**
 * The Pulumi CLI for the Automation API, in a process group of its own, so that a whole engine can be killed in the
 * middle of its work, and with all that it printed kept for the search for secrets.
 */
export class KillableCommand {
  readonly command: string;
  readonly version: automation.PulumiCommand["version"];
  /** Everything that runs of the engine printed. */
  readonly transcript: string[] = [];
  readonly #unasked: ReadonlyMap<string, string>;
  #running: ChildProcess | undefined;

  /** @param unasked commands that aren't run, to their answers */
  constructor(installed: automation.PulumiCommand, unasked: ReadonlyMap<string, string> = UNASKED) {
    this.command = installed.command;
    this.version = installed.version;
    this.#unasked = unasked;
  }

  /** Kills the running engine with all its children, as a power failure would; plugins have process groups of their own. */
  kill(): void {
    const pid = this.#running?.pid;
    if (pid === undefined) return;
    const plugins = descendantsOf(pid);
    process.kill(-pid, "SIGKILL");
    killProcesses(plugins);
  }

  run(
    args: string[],
    cwd: string,
    additionalEnv: Record<string, string>,
    onOutput?: (data: string) => void,
    onError?: (data: string) => void,
  ): Promise<CommandOutput> {
    const answer = this.#unasked.get(args.slice(0, 2).join(" "));
    if (answer !== undefined) return Promise.resolve({ stdout: answer, stderr: "", code: 0 });
    const path = additionalEnv.PATH ?? process.env.PATH ?? "";
    const env = {
      ...process.env,
      ...additionalEnv,
      PATH: isAbsolute(this.command) ? `${dirname(this.command)}${delimiter}${path}` : path,
      PULUMI_AUTOMATION_API: "true",
    };
    const child = spawn(this.command, [...args, "--non-interactive"], {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#running = child;
    return new Promise((resolve, reject) => {
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        onOutput?.(text);
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
        onError?.(text);
      });
      child.on("error", reject);
      child.on("close", (code) => {
        if (this.#running === child) this.#running = undefined;
        // The Automation API also asks for outputs in plain text; that is no part of what a person sees.
        if (SHOWN.has(args[0] ?? "")) this.transcript.push(stdout, stderr);
        const output = { stdout, stderr, code: code ?? -1 };
        if (code === 0) resolve(output);
        else reject(new CommandFailure(output));
      });
    });
  }
}
