import { RunError } from "@pulumi/pulumi/errors.js";
import { exitCodes } from "./exit-codes.ts";

/** A mistake in how a command was called: told as its message alone, and nothing was touched. */
export class UsageError extends RunError {
  override readonly name = "UsageError";
  readonly exitCode = exitCodes.refused;
}
