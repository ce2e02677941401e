import type { ParsedSettings } from "../parse.ts";
import type { Problem } from "../problem.ts";

/** What lasting choices are read from. */
export type LastingSettings = Pick<ParsedSettings, "site" | "cluster" | "platform" | "apps" | "hosts" | "apiAddress">;

/** What was chosen, as it is remembered; never a secret. */
export type Chosen = string | number | boolean;

/** What a stack was made with: key of a choice to what was chosen. */
export type MadeWith = Readonly<Record<string, Chosen>>;

/** A choice that what was made with it can't take another of. */
export interface LastingChoice {
  /** By this it is remembered. What is made anew under another name or of another machine has another key, and isn't judged. */
  readonly key: string;
  /** The setting, such as `grappe:cluster.podCidr`. */
  readonly path: string;
  readonly chosen: Chosen;
  /** What in the state says that something was made with it, as `type::name`: what failed before that can be made otherwise. */
  readonly standing: RegExp;
  /**
   * What is wrong with the choice where another one was made with it; `undefined`: that can become this.
   *
   * @param made all that the stack was made with
   */
  readonly judge: (was: Chosen, made: MadeWith) => Omit<Problem, "path"> | undefined;
}

/** A choice that can't be made anew at all. */
export interface Unchangeable {
  readonly path: string;
  /** Default: the path. */
  readonly key?: string;
  readonly chosen: Chosen;
  readonly standing: RegExp;
  /** What was made with it, such as `the cluster`. */
  readonly made: string;
  /** Why it can't become another one: a clause. */
  readonly because: string;
  /** The way for who wants another one: sentences. */
  readonly otherwise: string;
  /** Other choices that it can come from. */
  readonly from?: (was: Chosen) => boolean;
}

/** A lasting choice whose every change is refused, save those `from` what it can come from. */
export function unchangeable(args: Unchangeable): LastingChoice {
  const { path, key = path, chosen, standing, made, because, otherwise, from } = args;
  return {
    key,
    path,
    chosen,
    standing,
    judge: (was) =>
      from?.(was) === true
        ? undefined
        : {
            reason: `is ${chosen}, but ${made} was made with ${was}: ${because}.`,
            fix: `Write ${was} again. ${otherwise}`,
          },
  };
}
