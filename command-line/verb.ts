import type { Argv, CommandModule } from "yargs";

/** A task that grappe can be asked for: adds itself to the command line. */
export type Verb = (program: Argv) => Argv;

/** Makes a verb of what yargs is to know of it. Its handler imports the work only when it is asked for: `--help` stays quick. */
export function verb<Options>(module: CommandModule<object, Options>): Verb {
  return (program) => program.command(module);
}

/** The argument `stack` of most verbs. */
export const stackArgument = {
  describe: "name of the stack: its settings are in Pulumi.<stack>.yaml",
  type: "string",
  demandOption: true,
} as const;

/** An option that takes a text. */
export const text = (describe: string) => ({ describe, type: "string" }) as const;

/** An option that takes a number. */
export const number = (describe: string) => ({ describe, type: "number" }) as const;

/** The arguments of a verb that tells, or mends, how a stack or a lab is. */
export function ofStackOrLab<Options>(program: Argv<Options>) {
  return program
    .positional("stack", text(stackArgument.describe))
    .option("lab", text("the lab of this name instead (./grappe lab --name)"));
}

export const yesOption = {
  describe: "don't ask: for programs",
  alias: "y",
  type: "boolean",
  default: false,
} as const;

export const jsonOption = {
  describe: "print one JSON object on standard output, and all else on standard error",
  type: "boolean",
  default: false,
} as const;
