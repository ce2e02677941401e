import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findLeaks, marksOf, spellings } from "../../../rehearsal/leaks.ts";

const mark = "canary0123456789abcdef";

describe("spellings", () => {
  it("find the mark in plain text, JSON and base64, whatever stands around it", () => {
    const around = fc.string({ unit: "binary", maxLength: 6 });
    fc.assert(
      fc.property(
        around,
        around,
        fc.constantFrom(mark, 'quote"and\\back', "ümläut-Ω-mark"),
        (before, after, secret) => {
          const text = `${before}${secret}${after}`;
          const forms = spellings(secret);
          for (const place of [text, JSON.stringify(text), Buffer.from(text).toString("base64")])
            expect(forms.some((form) => place.includes(form))).toBe(true);
        },
      ),
    );
  });

  it("don't find what isn't there", () => {
    const places = [{ where: "log", text: Buffer.from("nothing of the kind").toString("base64") }];
    expect(findLeaks([mark], places)).toEqual([]);
  });
});

describe("leaks", () => {
  it("leave short texts out, which turn up by chance", () => {
    expect(marksOf([], ["short", "long enough to be told"])).toEqual(new Set(["long enough to be told"]));
  });

  it("are found once for each place, and never shown whole", () => {
    const leaks = findLeaks(
      [mark],
      [
        { where: "state", text: `x${mark}` },
        { where: "backup", text: `y ${mark}` },
      ],
    );
    expect(leaks.map(({ where }) => where)).toEqual(["state", "backup"]);
    expect(leaks[0]?.beginning).toBe("canary…");
  });
});
