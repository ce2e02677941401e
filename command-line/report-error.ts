import { errorChain, textOf } from "../operations/errors/error-chain.ts";
import { type ExitCode, exitCodes } from "../operations/errors/exit-codes.ts";
import { explainEngineError } from "../operations/errors/explain-engine-error.ts";
import { explainSystemError } from "../operations/errors/explain-system-error.ts";

/** What Node's own `parseArgs` says of a wrong option. */
const isWrongOption = (error: Error) => (textOf(error, "code") ?? "").startsWith("ERR_PARSE_ARGS_");

/** A question that was left by Ctrl-C, or work that was given up from outside. */
const isInterruption = (error: Error) =>
  error.name === "AbortError" || error.name === "ExitPromptError" || textOf(error, "code") === "ABORT_ERR";

/** Pulumi's `RunError`, known by its mark as the SDK itself does: nothing is loaded for it. */
const isRunError = (error: Error) => Reflect.get(error, "__pulumiRunError") === true;

const isRefusal = (error: Error) => Reflect.get(error, "exitCode") === exitCodes.refused;

/**
 * Tells a user of an error: what a user can cause or mend is its message alone, and anything else its stack, as a fault of ours.
 *
 * @param write takes the text, by default standard error
 * @returns the exit code that the command shall end with
 */
export function reportError(
  error: unknown,
  write: (text: string) => unknown = (text) => process.stderr.write(text),
): ExitCode {
  const chain = errorChain(error);
  const outer = chain[0];
  if (chain.some(isInterruption)) return exitCodes.interrupted;
  if (outer !== undefined && (isRunError(outer) || isWrongOption(outer))) {
    write(`${outer.message}\n`);
    return isRefusal(outer) || isWrongOption(outer) ? exitCodes.refused : exitCodes.failed;
  }
  const engine = explainEngineError(error);
  if (engine !== undefined) {
    write(`${engine.message}\n`);
    return engine.refused ? exitCodes.refused : exitCodes.failed;
  }
  const system = explainSystemError(error);
  if (system !== undefined) {
    write(`${system}\n`);
    return exitCodes.failed;
  }
  write(`${stackOf(error)}\n\nThis is a fault of grappe's own: please report it, with the lines above.\n`);
  return exitCodes.failed;
}

/** The stack, and the stacks of what caused it. */
function stackOf(error: unknown): string {
  const chain = errorChain(error);
  if (chain.length === 0) return String(error);
  return chain.map((one) => one.stack ?? one.message).join("\ncaused by: ");
}
