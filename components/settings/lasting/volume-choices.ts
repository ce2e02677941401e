import { type Chosen, type LastingChoice, unchangeable } from "./lasting-choice.ts";

export interface VolumeArgs {
  /** Path of the volume's settings `size`, `storageClass`. */
  readonly path: (name: "size" | "storageClass") => string;
  /** Whose volume it is. */
  readonly what: string;
  readonly standing: RegExp;
  readonly size: string;
  readonly storageClass: string | undefined;
  readonly defaultClass: string | undefined;
  /** Whether what makes the claim can ask for more; its class must be able to give it, too. */
  readonly mayGrow: boolean;
  /** Whether the claim's template must stay as it was written, as a StatefulSet's: the class named, or left to the default. Default: no. */
  readonly asWritten?: boolean;
  /** The way for who wants another volume: sentences. */
  readonly otherwise: string;
}

/** Classes whose volumes can get more room (`allowVolumeExpansion`). */
const growing = ["nfs-client"];

const mebibytes = { Mi: 1, Gi: 1024, Ti: 1024 * 1024 } as const;

/** An amount of storage as the schema has it, such as `10Gi`. */
function inMebibytes(quantity: string): number {
  const [, amount, unit] = /^(\d+)(Mi|Gi|Ti)$/.exec(quantity) ?? [];
  return Number(amount) * (unit === "Ti" || unit === "Gi" || unit === "Mi" ? mebibytes[unit] : Number.NaN);
}

/** What a volume is made with: its claim can't be changed, save for more room where its class gives it. */
export function volumeChoices(args: VolumeArgs): readonly LastingChoice[] {
  const { path, what, standing, size, mayGrow, otherwise } = args;
  const chosenClass = args.storageClass ?? args.defaultClass;
  const grows = mayGrow && chosenClass !== undefined && growing.includes(chosenClass);
  return [
    unchangeable({
      path: path("size"),
      chosen: size,
      standing,
      made: what,
      because: grows
        ? "a volume never shrinks"
        : "a volume of its class keeps its size, which is asked for but not enforced",
      otherwise,
      from: (was) =>
        inMebibytes(String(was)) === inMebibytes(size) || (grows && inMebibytes(String(was)) < inMebibytes(size)),
    }),
    ...(chosenClass === undefined ? [] : [classChoice(args, chosenClass)]),
  ];
}

const byDefault = " by the default class";

function classChoice(args: VolumeArgs, chosenClass: string): LastingChoice {
  const isSame = (was: Chosen) => String(was).replace(byDefault, "") === chosenClass;
  const choice = unchangeable({
    path: args.path("storageClass"),
    chosen: args.storageClass ?? `${chosenClass}${byDefault}`,
    standing: args.standing,
    made: args.what,
    because: "a volume doesn't move to another class, and a new one would be empty",
    otherwise: args.otherwise,
    from: isSame,
  });
  if (args.asWritten !== true) return choice;
  return {
    ...choice,
    judge: (was, made) =>
      isSame(was)
        ? {
            reason: `is ${choice.chosen}, but ${args.what} was made with ${was}: the same class, but a StatefulSet's claims stay as they were written.`,
            fix:
              args.storageClass === undefined
                ? `Write \`storageClass: ${was}\` again.`
                : "Leave `storageClass` out again.",
          }
        : choice.judge(was, made),
  };
}
