import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { ensurePulumi } from "../runtime/toolchain/tools.ts";
import { backendVariables } from "./stack-backend.ts";

/** What runs the program, or a tool of its language, and so needs the language host that comes with official releases only. */
const programRunners = ["up", "update", "preview", "pre", "watch", "import", "new", "policy", "install", "convert"];

/** Options of the CLI that stand before a command and take the next word as their value. */
const valueOptions = ["--cwd", "-C", "--stack", "-s", "--color", "--tracing", "--profiling", "--verbose", "-v"];

/** The command (pure) among the CLI's parameters, such as `up` in `-C shop up --yes`. */
export function commandOf(parameters: readonly string[]): string | undefined {
  const at = parameters.findIndex(
    (word, index) => !word.startsWith("-") && !valueOptions.includes(parameters[index - 1] ?? ""),
  );
  return at < 0 ? undefined : parameters[at];
}

/** Whether (pure) a command can only be done with a language host. */
export function needsLanguageHost(parameters: readonly string[]): boolean {
  const asksForHelp = parameters.includes("--help") || parameters.includes("-h");
  const runsProgram = parameters.some((word) => /^--run-program(=true)?$/.test(word));
  return !asksForHelp && (runsProgram || programRunners.includes(commandOf(parameters) ?? ""));
}

/** The stack (pure) that a command of the CLI names by `--stack`. */
export function stackOf(parameters: readonly string[]): string | undefined {
  const joined = parameters.map((each) => each.match(/^--stack=(.+)$/)?.[1]).find((each) => each !== undefined);
  const at = parameters.findIndex((each) => each === "--stack" || each === "-s");
  return joined ?? (at < 0 ? undefined : parameters[at + 1]);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function hasLanguageHost(program: string): Promise<boolean> {
  const folders = [dirname(program), ...(process.env.PATH ?? "").split(delimiter)];
  const found = await Promise.all(folders.map((folder) => isThere(join(folder, "pulumi-language-nodejs"))));
  return found.includes(true);
}

function withoutLanguageHost(parameters: readonly string[]): RunError {
  const command = commandOf(parameters) ?? "";
  const own = { up: "up", update: "up", preview: "preview", pre: "preview", destroy: "destroy", refresh: "refresh" };
  const verb = Object.entries(own).find(([name]) => name === command)?.[1];
  const fix = verb === undefined ? "" : `./grappe ${verb} ${stackOf(parameters) ?? "STACK"}, which needs none; or `;
  return new RunError(
    `pulumi ${command}: This CLI was built from source and has no language host for the program. ` +
      `Fix: ${fix}put the official CLI of the same version on PATH: https://www.pulumi.com/docs/iac/download-install/`,
  );
}

/**
 * The Pulumi CLI itself in the SDK's version, with this project's Node first on the PATH, as the program relies on Node's own
 * type stripping, and with what is remembered of the stack that it names.
 *
 * @returns its exit code
 */
export async function runPulumi(parameters: readonly string[]): Promise<number> {
  const program = await ensurePulumi();
  if (needsLanguageHost(parameters) && !(await hasLanguageHost(program))) throw withoutLanguageHost(parameters);
  const stack = stackOf(parameters);
  const known = stack === undefined ? {} : await backendVariables(stack);
  const path = [dirname(process.execPath), dirname(program), process.env.PATH ?? ""].join(delimiter);
  const env = { ...process.env, ...known, PATH: path };
  const child = spawn(program, parameters, { stdio: "inherit", env });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, pass);
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  });
}
