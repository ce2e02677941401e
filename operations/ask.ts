import { createInterface } from "node:readline/promises";
import { RunError } from "@pulumi/pulumi/errors.js";

async function answerTo(question: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new RunError("Nobody can be asked here, as standard input is no terminal. Fix: --yes");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}

/** Asks for a yes. @throws RunError where nobody can answer */
export async function confirmed(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await answerTo(`${question} [y/N] `));
}

/** Asks for a name to be written. @throws RunError where nobody can answer */
export async function confirmedByName(question: string, name: string): Promise<boolean> {
  return (await answerTo(`${question} Write its name to go on: `)) === name;
}

/** Asks for a yes. @throws RunError where nobody can answer, or the answer is another one */
export async function refuseUnless(question: string): Promise<void> {
  if (!(await confirmed(question))) throw new RunError("Nothing was changed.");
}
