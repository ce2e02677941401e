/**
 * A text of a container's command, arguments or environment (pure), written so that it arrives as it is: the kubelet reads `$$` as one
 * dollar sign wherever it stands (third_party/forked/golang/expansion). `$(NAME)` stays a variable's value, and `$$(NAME)` those letters.
 */
export function keptDollars(text: string): string {
  return text.replaceAll(/\${2,}(?![$(])/g, (dollars) => dollars.repeat(2));
}

/** The same of several texts, and of a map's values. */
export const keptInAll = (texts: readonly string[] | undefined) => texts?.map(keptDollars);
export const keptInValues = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, keptDollars(value)]));
