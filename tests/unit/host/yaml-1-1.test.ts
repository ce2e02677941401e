import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { yaml11 } from "../../../components/host/yaml-1-1.ts";

test.each(["n", "y", "on", "Off", "1:30", "012", "0x1f", "1_000", "~"])("%s stays a text", (text) => {
  expect(yaml11({ name: text })).toBe(`name: "${text}"\n`);
});

test("whatever is written is read as it was, by YAML 1.1 as by 1.2", () => {
  const value = fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.string(), fc.boolean(), fc.integer()));
  fc.assert(
    fc.property(value, (written) => {
      const text = yaml11(written);
      // As keys, 1.1 takes `=` and `<<` for more than texts, which no setting has.
      fc.pre(!Object.keys(written).some((key) => ["=", "<<", "__proto__"].includes(key)));
      expect(parse(text)).toEqual({ ...written });
      expect(parse(text, { version: "1.1" })).toEqual({ ...written });
    }),
  );
});
