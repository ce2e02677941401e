import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptDollars } from "../../../components/apps/declared/expansion.ts";

/** What the kubelet makes of a text (third_party/forked/golang/expansion/expand.go, `Expand`), with variables as `<NAME>`. */
function expanded(text: string): string {
  let result = "";
  for (let at = 0; at < text.length; at++) {
    const next = text[at + 1];
    const end = text.indexOf(")", at + 2);
    if (text[at] !== "$" || next === undefined) result += text[at];
    else if (next === "(" && end !== -1) {
      result += `<${text.slice(at + 2, end)}>`;
      at = end;
    } else {
      result += next === "$" ? "$" : `$${next}`;
      at++;
    }
  }
  return result;
}

describe("dollar signs of a command, arguments and environment", () => {
  it.each([
    ["$$apr1$$ab", "$$apr1$$ab"],
    ["$$$", "$$$"],
    ["pa$$word", "pa$$word"],
    ["$HOME $1 $", "$HOME $1 $"],
    ["postgres://shop:$(PASSWORD)@db", "postgres://shop:<PASSWORD>@db"],
    ["$$(PASSWORD)", "$(PASSWORD)"],
    ["", ""],
  ])("%s arrives as %s", (written, arrives) => {
    expect(expanded(keptDollars(written))).toBe(arrives);
  });

  it("arrive as they were written, where no bracket follows", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("$", "a", ")", " ") }), (text) => {
        expect(expanded(keptDollars(text))).toBe(text);
      }),
    );
  });
});
