import type { Choice, Person } from "../../../../operations/new/interview.ts";

/** What Ctrl+C at a question rejects with, as @inquirer/prompts names it. */
export class ExitPromptError extends Error {
  override readonly name = "ExitPromptError";
}

/** A person who answers by a script, takes the proposal where it has nothing, and may leave at a question. */
export class ScriptedPerson implements Person {
  readonly asked: { readonly message: string; readonly proposal?: string; readonly choices?: readonly Choice[] }[] = [];
  /** What was said of answers that couldn't be. */
  readonly refusals: string[] = [];
  readonly #answers: readonly (readonly [RegExp, string | boolean])[];
  readonly #leaveAt: number;

  /** @param leaveAt the number of the question at which Ctrl+C is pressed, the first being 0 */
  constructor(answers: readonly (readonly [RegExp, string | boolean])[], leaveAt = Number.POSITIVE_INFINITY) {
    this.#answers = answers;
    this.#leaveAt = leaveAt;
  }

  #next(message: string, proposal?: string, choices?: readonly Choice[]): string | boolean | undefined {
    if (this.asked.length === this.#leaveAt) throw new ExitPromptError("User force closed the prompt with SIGINT");
    this.asked.push({ message, proposal, choices });
    return this.#answers.find(([question]) => question.test(message))?.[1];
  }

  async input(message: string, proposal: string | undefined, validate: (text: string) => true | string) {
    const text = this.#next(message, proposal) ?? proposal;
    if (typeof text !== "string") throw new Error(`nothing to answer to: ${message}`);
    const verdict = validate(text);
    if (verdict === true) return text;
    this.refusals.push(verdict);
    if (proposal === undefined) throw new Error(`refused, and nothing is proposed: ${verdict}`);
    return proposal;
  }

  async select(message: string, proposal: string | undefined, choices: readonly Choice[]) {
    const text = this.#next(message, proposal, choices) ?? proposal ?? choices[0]?.value;
    if (!choices.some(({ value }) => value === text)) throw new Error(`${text} is no choice of: ${message}`);
    return String(text);
  }

  async confirm(message: string) {
    return this.#next(message) === true;
  }

  async password(message: string, validate: (text: string) => true | string) {
    const text = String(this.#next(message));
    const verdict = validate(text);
    if (verdict !== true) throw new Error(verdict);
    return text;
  }
}
