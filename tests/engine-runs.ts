import { appendFileSync } from "node:fs";
import { LabRunFailure, type LabRunResult } from "../lab/stack/lab-stack.ts";

/**
 * Makes a function that runs work and tells its seconds.
 *
 * @param file takes them as rows of the docs' tables, too
 */
export const timedInto =
  (file: string | undefined) =>
  async <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
    const began = performance.now();
    const result = await work();
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    process.stdout.write(`${what}: ${seconds} s\n`);
    if (file !== undefined) appendFileSync(file, `| ${what} | ${seconds} |\n`);
    return result;
  };

/** The log of a run that must fail. */
export async function failureOf(run: Promise<LabRunResult>): Promise<string> {
  try {
    await run;
  } catch (error) {
    if (error instanceof LabRunFailure) return error.log;
    throw error;
  }
  throw new Error("the run did not fail");
}

/** The operations of a run that changed anything; a look at what isn't ours doesn't. */
export const changed = ({ changes }: LabRunResult): readonly [string, number][] =>
  Object.entries(changes).filter(([operation]) => operation !== "same" && operation !== "read");
