import { spawn } from "node:child_process";
import { RunError } from "@pulumi/pulumi/errors.js";

export interface SubprocessOptions {
  readonly cwd?: string;
  /** Variables added to this process's own environment; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Text or bytes for its standard input; without it the input is empty. */
  readonly input?: string | Uint8Array;
  /** Called with what it writes to standard output, as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Called with every whole line of its standard error, for progress. */
  readonly onErrorLine?: (line: string) => void;
  /** Exit codes that are no failure; default 0 alone. */
  readonly allowedCodes?: readonly number[];
  /** Kills the process after this long. Default: no limit. */
  readonly timeoutMilliseconds?: number;
}

export interface SubprocessResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that failed or is missing: the command, how it ended and the last lines of what it wrote. */
export class SubprocessError extends RunError {
  override readonly name = "SubprocessError";
  readonly code: number | undefined;
  readonly stderr: string;

  constructor(command: readonly string[], ending: string, stderr: string, code?: number) {
    const tail = stderr.trimEnd().split("\n").slice(-20).join("\n");
    super(`${command.slice(0, 6).join(" ")}: ${ending}${tail === "" ? "" : `\n${tail}`}`);
    this.code = code;
    this.stderr = stderr;
  }
}

/** Runs a program to its end without a shell and returns what it wrote. Throws `SubprocessError` unless its code is allowed. */
export function run(
  command: readonly [string, ...string[]],
  options: SubprocessOptions = {},
): Promise<SubprocessResult> {
  const [program, ...parameters] = command;
  const { promise, resolve, reject } = Promise.withResolvers<SubprocessResult>();
  const child = spawn(program, parameters, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    timeout: options.timeoutMilliseconds,
    stdio: "pipe",
  });
  let stdout = "";
  let stderr = "";
  let line = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    options.onOutput?.(chunk);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    const lines = `${line}${chunk}`.split("\n");
    line = lines.pop() ?? "";
    for (const whole of lines) options.onErrorLine?.(whole);
  });
  child.stdin.on("error", () => undefined); // A program may end without reading its input.
  child.stdin.end(options.input ?? "");
  child.on("error", (error: NodeJS.ErrnoException) => {
    const ending = error.code === "ENOENT" ? "it isn't on PATH. Fix: install it." : error.message;
    reject(new SubprocessError(command, ending, ""));
  });
  child.on("close", (code, signal) => {
    if (code !== null && (options.allowedCodes ?? [0]).includes(code)) resolve({ code, stdout, stderr });
    else
      reject(
        new SubprocessError(command, signal ? `ended by ${signal}` : `exit code ${code}`, stderr, code ?? undefined),
      );
  });
  return promise;
}

/** Whether a program of this name stands on PATH. */
export async function isInstalled(program: string): Promise<boolean> {
  const { code } = await run(["sh", "-c", 'command -v "$1" >/dev/null', "sh", program], { allowedCodes: [0, 1, 127] });
  return code === 0;
}
