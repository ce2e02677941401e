import { spawn } from "node:child_process";
import { type CommandOutput, type Logging, OutputCollector } from "./command-output.ts";

export interface LocalRun {
  readonly command: string;
  /** Default: /bin/sh -c */
  readonly interpreter: readonly string[];
  /** Default: the project's folder, where the engine starts plugins. */
  readonly directory: string;
  readonly stdin?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logging: Logging;
  readonly signal: AbortSignal;
  logged(line: string): void;
}

/** Runs a command on this computer. Cancelling the run kills it. */
export function runLocally(run: LocalRun): Promise<CommandOutput> {
  const [program = "/bin/sh", ...parameters] = run.interpreter.length > 0 ? run.interpreter : ["/bin/sh", "-c"];
  const { promise, resolve, reject } = Promise.withResolvers<CommandOutput>();
  const collector = new OutputCollector(run.logging, run.logged);
  const child = spawn(program, [...parameters, run.command], {
    cwd: run.directory,
    env: { ...process.env, ...run.environment },
    signal: run.signal,
    stdio: "pipe",
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => collector.stdout(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => collector.stderr(text));
  child.stdin.on("error", () => undefined); // A command may end without reading its input.
  child.stdin.end(run.stdin ?? "");
  child.on("error", (error) => reject(collector.failure(error.message, run.command)));
  child.on("close", (code, signal) => {
    if (code === 0) resolve(collector.output);
    else reject(collector.failure(signal === null ? `exit status ${code}` : `signal: ${signal}`, run.command));
  });
  return promise;
}
