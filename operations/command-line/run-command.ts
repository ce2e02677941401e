import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { reportError } from "./report-error.ts";

/** Runs a command to its end; what it returns, or what is told of its error, is this process's exit code. */
export async function runCommand(main: () => Promise<ExitCode | undefined>): Promise<void> {
  process.exitCode = await main().then((code) => code ?? exitCodes.done, reportError);
}
