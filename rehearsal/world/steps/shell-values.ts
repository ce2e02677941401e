/** Reads values that a step takes from its stdin: shell assignments, `name='quoted'`, one after another. */
export function parseShellValues(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const name = /^\s*([A-Za-z_][A-Za-z0-9_]*)=/.exec(text.slice(at));
    if (name === null) {
      if (text.slice(at).trim() === "") break;
      throw new Error(`The step's stdin is no list of shell assignments (at byte ${at}).`);
    }
    at += name[0].length;
    const { value, end } = quoted(text, at);
    values.set(name[1] ?? "", value);
    at = end;
  }
  return values;
}

/** A shell word of single-quoted parts and escaped quotes: `'it'\''s'`. */
function quoted(text: string, start: number): { value: string; end: number } {
  let value = "";
  let at = start;
  while (at < text.length && !/\s/.test(text.charAt(at))) {
    if (text.startsWith("\\'", at)) {
      value += "'";
      at += 2;
    } else if (text.charAt(at) === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) throw new Error("A quoted value in the step's stdin never ends.");
      value += text.slice(at + 1, end);
      at = end + 1;
    } else {
      value += text.charAt(at);
      at += 1;
    }
  }
  return { value, end: at };
}
