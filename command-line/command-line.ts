import { readFile } from "node:fs/promises";
import { join } from "node:path";
import yargs, { type Argv, type FallbackCompletionFunction } from "yargs";
import { exitCodes } from "../operations/errors/exit-codes.ts";
import { UsageError } from "../operations/errors/usage-error.ts";
import { stackNames } from "../operations/stack-names.ts";
import { audit } from "./audit.ts";
import { bundle } from "./bundle.ts";
import { card } from "./card.ts";
import { check } from "./check.ts";
import { cloud } from "./cloud.ts";
import { destroy } from "./destroy.ts";
import { hostKeys } from "./host-keys.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { lab } from "./lab.ts";
import { lock } from "./lock.ts";
import { newVerb } from "./new.ts";
import { output } from "./output.ts";
import { preview } from "./preview.ts";
import { pulumi } from "./pulumi.ts";
import { recover } from "./recover.ts";
import { refresh } from "./refresh.ts";
import { rehearse } from "./rehearse.ts";
import { reportError } from "./report-error.ts";
import { restore } from "./restore.ts";
import { status } from "./status.ts";
import { teardown } from "./teardown.ts";
import { up } from "./up.ts";
import type { Verb } from "./verb.ts";

/** In the order in which a person meets them. */
const verbs: readonly Verb[] = [
  newVerb,
  hostKeys,
  card,
  check,
  rehearse,
  preview,
  up,
  refresh,
  output,
  status,
  audit,
  kubeconfig,
  recover,
  restore,
  destroy,
  teardown,
  lab,
  cloud,
  bundle,
  lock,
  pulumi,
];

const epilogue = `Exit codes: ${exitCodes.done} done; ${exitCodes.failed} it failed, or something isn't as it should be; \
${exitCodes.refused} the command or the settings are wrong, nothing was touched; ${exitCodes.interrupted} interrupted.
Each verb has its own --help. Completion: ./grappe completion >> ~/.bashrc (or ~/.zshrc)`;

async function ownVersion(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, "..", "package.json"), "utf8");
  const { version }: { readonly version: string } = JSON.parse(text);
  return version;
}

/** Adds the stacks' names to what yargs completes after a verb by itself. */
const completed: FallbackCompletionFunction = (current, asked: { readonly _: readonly string[] }, complete, done) => {
  const isOption = current.startsWith("-");
  const isAfterVerb = asked._.length > 2 && !isOption;
  complete(async (_error, own = []) => {
    const words = own.filter((word) => word.startsWith("-") === isOption);
    done(isAfterVerb ? [...words, ...(await stackNames())] : words);
  });
};

async function program(parameters: readonly string[]): Promise<Argv> {
  const declared = yargs()
    .scriptName("./grappe")
    .usage("$0 <verb>\n\nBare machines to a running shop in one `up`.")
    .version(await ownVersion())
    .parserConfiguration({ "populate--": true })
    .wrap(Math.min(120, process.stdout.columns ?? 120))
    // Asked for completions yargs has to end the process, or goes on to find its own option unknown.
    .exitProcess(parameters.includes("--get-yargs-completions"))
    .help()
    .alias("help", "h")
    .demandCommand(1, "What shall be done? ./grappe --help lists the verbs.")
    .recommendCommands()
    .strictCommands()
    .strictOptions()
    .fail((message, error) => {
      throw error ?? new UsageError(message);
    })
    .epilogue(epilogue)
    .completion("completion", "print a script that completes verbs, options and stacks in bash or zsh", completed);
  return verbs.reduce((all, verb) => verb(all), declared);
}

/** The page that `./grappe --help` prints. */
export async function helpPage(): Promise<string> {
  return await (await program([])).getHelp();
}

/** Thrown in a verb's place: it would be done now. */
// biome-ignore lint/plugin: a signal, caught where it is thrown.
class Understood extends Error {}

/**
 * Reads a command line as `runCommandLine` does, and does nothing.
 *
 * @throws UsageError if it isn't understood
 */
export async function understand(parameters: readonly string[]): Promise<void> {
  // What follows is the CLI's own.
  if (parameters[0] === "pulumi") return;
  const instead = (): never => {
    throw new Understood();
  };
  try {
    await (await program(parameters)).middleware(instead, false).parseAsync(parameters);
  } catch (error) {
    if (!(error instanceof Understood)) throw error;
  }
}

async function pulumiItself(parameters: readonly string[]): Promise<number> {
  const { runPulumi } = await import("../operations/run-pulumi.ts");
  return await runPulumi(parameters[0] === "--" ? parameters.slice(1) : parameters);
}

/** Does what is asked for and sets the process' exit code. */
export async function runCommandLine(parameters: readonly string[]): Promise<void> {
  if (process.platform === "win32") {
    process.stderr.write("grappe: It runs on Linux and macOS. On Windows use it inside WSL.\n");
    process.exitCode = exitCodes.refused;
    return;
  }
  try {
    const [first, ...others] = parameters;
    // What follows is the CLI's own, options too.
    if (first === "pulumi") process.exitCode = await pulumiItself(others);
    else await (await program(parameters)).parseAsync(parameters);
  } catch (error) {
    process.exitCode = reportError(error);
  }
}
