import type { Problem } from "../problem.ts";
import { appsChoices } from "./apps-choices.ts";
import { clusterChoices } from "./cluster-choices.ts";
import type { LastingChoice, LastingSettings, MadeWith } from "./lasting-choice.ts";
import { platformChoices } from "./platform-choices.ts";
import { siteChoices } from "./site-choices.ts";

/** All of a stack's choices that what is made with them can't take others of (pure). */
export function lastingChoices(settings: LastingSettings): readonly LastingChoice[] {
  return [
    ...siteChoices(settings),
    ...clusterChoices(settings),
    ...platformChoices(settings),
    ...appsChoices(settings),
  ];
}

/** The choices as they are remembered (pure). */
export function madeWith(choices: readonly LastingChoice[]): MadeWith {
  return Object.fromEntries(choices.map(({ key, chosen }) => [key, chosen]));
}

/**
 * Every choice that something living was made with another of, and can't take (pure).
 *
 * @param standing what the state holds, as `type::name`; default: all that was wished for
 */
export function lastingProblems(
  choices: readonly LastingChoice[],
  made: MadeWith,
  standing?: readonly string[],
): readonly Problem[] {
  return choices.flatMap(({ key, path, chosen, standing: sign, judge }): readonly Problem[] => {
    const was = made[key];
    if (was === undefined || was === chosen) return [];
    if (standing?.some((resource) => sign.test(resource)) === false) return [];
    const wrong = judge(was, made);
    return wrong === undefined ? [] : [{ path, ...wrong }];
  });
}
