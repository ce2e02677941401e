import assert from "node:assert/strict";
/**
 * A word that a POSIX shell reads back as exactly this text.
 *
 * @throws if it holds a NUL byte, which no shell can hold
 */
export function shellQuote(text: string): string {
  assert(!text.includes("\0"), "a NUL byte can't be given to a shell");
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Values as shell assignments, one a line: `name='quoted'`. A script takes them with `eval "$(cat)"`.
 *
 * @throws if a name isn't a shell variable's or a value holds a NUL byte, which no shell variable can
 */
export function shellAssignments(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      assert(/^[A-Za-z_][A-Za-z0-9_]*$/.test(name), `not a shell variable's name: ${name}`);
      assert(!value.includes("\0"), `${name} holds a NUL byte`);
      return `${name}=${shellQuote(value)}\n`;
    })
    .join("");
}
