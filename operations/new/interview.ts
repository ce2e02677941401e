import { RunError } from "@pulumi/pulumi/errors.js";
import { UsageError } from "../errors/usage-error.ts";

/** What is asked of a person, or taken from an option. */
export interface Question<Answer> {
  /** Name of the option that answers it, without its hyphens. */
  readonly option: string;
  /** One line, without a question mark's need to be read twice. */
  readonly message: string;
  /** What is written there already; programs get it where the option isn't given. */
  readonly proposal?: string;
  /** Where given, one of these is chosen. */
  readonly choices?: readonly Choice[];
  /** Makes a value of the text. @throws RunError in one sentence with the fix */
  readonly read: (text: string) => Answer;
}

export interface Choice {
  readonly value: string;
  /** As it is shown. */
  readonly name: string;
}

/** A person at a terminal. */
export interface Person {
  input(message: string, proposal: string | undefined, validate: (text: string) => true | string): Promise<string>;
  select(message: string, proposal: string | undefined, choices: readonly Choice[]): Promise<string>;
  confirm(message: string): Promise<boolean>;
  password(message: string, validate: (text: string) => true | string): Promise<string>;
}

/** Answers of an earlier interview that was left: option to text. */
export type EarlierAnswers = Readonly<Record<string, string>>;

export interface InterviewParts {
  /** Options that were given, by their names. */
  readonly given: Readonly<Record<string, string | undefined>>;
  /** Absent: nobody can be asked, as standard input is no terminal. */
  readonly person?: Person;
  readonly earlier?: EarlierAnswers;
  /** Keeps what was answered so far; never a secret. */
  readonly keep?: (answers: EarlierAnswers) => Promise<void>;
  /** Takes what the person, or a program's log, is told. */
  readonly write: (line: string) => void;
}

/**
 * Asks for one thing after another: what an option says is taken; a person is asked for the rest, with a proposal; a program gets
 * the proposal, or is told in one sentence which option is missing.
 */
export class Interview {
  readonly write: (line: string) => void;
  readonly #parts: InterviewParts;
  readonly #answers: Record<string, string> = {};

  constructor(parts: InterviewParts) {
    this.#parts = parts;
    this.write = parts.write;
  }

  /** Somebody is there to be asked. */
  get hasPerson(): boolean {
    return this.#parts.person !== undefined;
  }

  given(option: string): string | undefined {
    return this.#parts.given[option];
  }

  async ask<Answer>(question: Question<Answer>): Promise<Answer> {
    const { option, message, proposal } = question;
    const given = this.given(option);
    const { person } = this.#parts;
    if (given !== undefined) return this.#read(question, given);
    if (person === undefined) {
      if (proposal !== undefined) return question.read(proposal);
      const values = question.choices?.map(({ value }) => value).join(", ");
      const asked = `${lowerFirst(message)}${values === undefined ? "" : ` (${values})`}`;
      throw new UsageError(`--${option} is missing, and nobody can be asked here: ${asked}.`);
    }
    const text = await this.#askPerson(person, question);
    await this.remember(option, text);
    return question.read(text);
  }

  #read<Answer>({ option, read }: Question<Answer>, text: string): Answer {
    try {
      return read(text);
    } catch (error) {
      throw error instanceof RunError ? new UsageError(`--${option}: ${error.message}`) : error;
    }
  }

  async #askPerson<Answer>(person: Person, question: Question<Answer>): Promise<string> {
    const { option, message, choices, read } = question;
    const earlier = this.#parts.earlier?.[option];
    if (choices !== undefined) {
      const isOffered = choices.some(({ value }) => value === earlier);
      return await person.select(message, isOffered ? earlier : question.proposal, choices);
    }
    return await person.input(message, earlier ?? question.proposal, (text) => faultOf(() => read(text)));
  }

  /** What was answered to something in an interview that was left. */
  earlier(option: string): string | undefined {
    return this.#parts.earlier?.[option];
  }

  /** Keeps an answer for the case that the interview is left. */
  async remember(option: string, text: string): Promise<void> {
    this.#answers[option] = text;
    await this.#parts.keep?.({ ...this.#parts.earlier, ...this.#answers });
  }

  /** A yes or no of a person. @throws UsageError with `otherwise` where nobody can be asked */
  async confirm(message: string, otherwise: string): Promise<boolean> {
    const { person } = this.#parts;
    if (person === undefined) throw new UsageError(otherwise);
    return await person.confirm(message);
  }

  /** Asks for a passphrase until it is right; absent where nobody can be asked. */
  get askPassphrase(): ((message: string, isRight: (text: string) => boolean) => Promise<string>) | undefined {
    const { person } = this.#parts;
    if (person === undefined) return undefined;
    return (message, isRight) =>
      person.password(message, (text) => isRight(text) || "It is another one. Ctrl+C to leave.");
  }
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** What a person is told of an answer that can't be; true of one that can. */
function faultOf(read: () => unknown): true | string {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof RunError) return error.message;
    throw error;
  }
}
