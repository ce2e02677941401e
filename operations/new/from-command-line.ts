import type { NewStackRequest } from "./new-stack.ts";
import { newStack } from "./new-stack.ts";
import { personAt } from "./person.ts";

export interface NewCommand extends Pick<NewStackRequest, "name" | "given" | "hostKeys"> {
  readonly json: boolean;
}

/** `./grappe new`: with a person where standard input is a terminal. */
export async function newFromCommandLine({ json, ...request }: NewCommand): Promise<void> {
  const output = json ? process.stderr : process.stdout;
  const result = await newStack({
    ...request,
    ...(process.stdin.isTTY ? { person: personAt(output) } : {}),
    write: (line) => output.write(`${line}\n`),
  });
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
}
