import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";

/** What a step is to say on stdout. */
export interface AnswerForm {
  /**
   * An extended regular expression, as bash and JavaScript understand alike. The host checks it: an answer that doesn't match
   * fails the step, so that it never stands in the state.
   */
  readonly pattern: RegExp;
  /** Whether it holds a secret, which no error may show. Default: false. */
  readonly secret?: boolean;
}

/** A step, for who must find it. */
export interface StepOnHost {
  readonly host: string;
  readonly step: string;
}

const begin = "--- answer of grappe ---\n";
const end = "\n--- end of the answer ---";

/** Frames an answer as `framed-answer.sh` does. */
export function frameAnswer(answer: string): string {
  return `${begin}${answer}${end}`;
}

/** What stands in the last frame of an output; the whole output where there is none, as steps made before frames have it. */
export function unframed(output: string): string {
  const start = output.lastIndexOf(begin);
  if (start === -1) return output.trim();
  const rest = output.slice(start + begin.length);
  const stop = rest.indexOf(end);
  return stop === -1 ? rest.trim() : rest.slice(0, stop);
}

/**
 * Reads what a step answered.
 *
 * @throws RunError that names host and step and, unless it is secret, shows what came
 */
export function readAnswer<T>({ host, step }: StepOnHost, output: string, schema: z.ZodType<T>, secret = false): T {
  const answer = unframed(output);
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const why = read.error.issues.map(({ path, message }) => [...path, message].join(": ")).join("; ");
  const shown = secret
    ? `${answer.length} characters, which may be secret and aren't shown`
    : `«${answer.slice(0, 2000)}»`;
  throw new pulumi.RunError(
    `${host}: the step ${step} gave an answer that can't be read (${why}): ${shown}. ` +
      "Fix: see what prints that on this machine, then let the step run again: " +
      `./grappe pulumi up --replace '**::${step}'.`,
  );
}

/** The answer of a step that is a resource, checked. Secret, as all output of steps is. */
export function answerOf<T>(
  step: remote.Command,
  at: StepOnHost,
  schema: z.ZodType<T>,
  secret = false,
): pulumi.Output<T> {
  return step.stdout.apply((output) => readAnswer(at, output, schema, secret));
}
