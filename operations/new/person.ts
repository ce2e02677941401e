import { confirm, input, password, select } from "@inquirer/prompts";
import type { Person } from "./interview.ts";

/**
 * The person at this terminal. Ctrl+C at a question rejects with an `ExitPromptError`.
 *
 * @param output where questions are shown
 */
export function personAt(output: NodeJS.WritableStream): Person {
  const context = { output };
  return {
    input: (message, proposal, validate) => input({ message, default: proposal, required: true, validate }, context),
    select: (message, proposal, choices) => select({ message, choices, default: proposal, loop: false }, context),
    confirm: (message) => confirm({ message, default: false }, context),
    password: (message, validate) => password({ message, mask: true, validate }, context),
  };
}
