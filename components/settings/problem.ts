import { RunError } from "@pulumi/pulumi/errors.js";

/** One thing that is wrong in a stack's settings. */
export interface Problem {
  /** The setting, such as `grappe:site.hosts[2].hostKey`. */
  readonly path: string;
  /** What is wrong with it; never quotes a secret. */
  readonly reason: string;
  /** What to write or to run instead. */
  readonly fix: string;
}

/**
 * Settings that can't be built from, with every problem that was found. Being a `RunError`, it ends the program before
 * anything is registered, and the engine prints its message without a stack trace.
 */
export class SettingsError extends RunError {
  readonly problems: readonly Problem[];
  /** What a command ends with: nothing was begun. */
  readonly exitCode = 2;

  constructor(stack: string, problems: readonly Problem[]) {
    super(report(stack, problems));
    this.name = "SettingsError";
    this.problems = problems;
  }
}

/** The problems as numbered text, in the order of their paths. */
function report(stack: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const numbered = problems.map(({ path, reason, fix }, index) => {
    const number = `${index + 1}.`.padStart(4);
    return `${number} ${path}\n     reason: ${indent(reason)}\n     fix:    ${indent(fix)}`;
  });
  return [`The settings of stack ${stack} have ${count}. Nothing was touched.`, ...numbered].join("\n\n");
}

const indent = (text: string) => text.replaceAll("\n", `\n${" ".repeat(13)}`);
