import { describe, expect, it } from "vitest";
import { differences } from "../../../../runtime/provider-protocol/difference.ts";
import {
  Asset,
  decodeMap,
  encodeMap,
  hasUnknown,
  reveal,
  Secret,
  secretTexts,
  unknown,
  type WireMap,
} from "../../../../runtime/provider-protocol/property-value.ts";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const wire: WireMap = {
  plain: ["a", 1, true, null],
  secret: { [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value: { key: "hidden" } },
  later: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  file: { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", hash: "abc", path: "/f" },
};

describe("values on the wire", () => {
  const decoded = decodeMap(wire);

  it("are read and written back the same", () => {
    expect(decoded.secret).toEqual(new Secret({ key: "hidden" }));
    expect(decoded.later).toBe(unknown);
    expect(decoded.file).toBeInstanceOf(Asset);
    expect(encodeMap(decoded)).toEqual(wire);
  });

  it("take outputs for what they hold", () => {
    const output = { [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", dependencies: [] };
    expect(
      decodeMap({ known: { ...output, value: "v" }, open: output, hidden: { ...output, value: "v", secret: true } }),
    ).toEqual({ known: "v", open: unknown, hidden: new Secret("v") });
  });

  it("show secrets only where they are asked for, and unknowns never", () => {
    expect(secretTexts(decoded)).toEqual(["hidden"]);
    expect(reveal(decoded.secret ?? null)).toEqual({ key: "hidden" });
    expect(hasUnknown(decoded)).toBe(true);
    expect(() => reveal(decoded)).toThrow("isn't known yet");
  });
});

describe("differences", () => {
  it("name the path and what happened there", () => {
    const before = { spec: { ports: [{ port: 80 }], gone: 1 }, same: [1] };
    const after = { spec: { ports: [{ port: 81 }], fresh: 1 }, same: [1] };
    expect(differences(before, after)).toEqual([
      { path: "spec.ports[0].port", property: "spec", kind: "update" },
      { path: "spec.gone", property: "spec", kind: "delete" },
      { path: "spec.fresh", property: "spec", kind: "add" },
    ]);
  });

  it("take secrecy for none, what isn't known for one", () => {
    expect(differences({ a: "x" }, { a: new Secret("x") })).toEqual([]);
    expect(differences({ a: "x" }, { a: unknown })).toHaveLength(1);
    expect(differences({ a: null }, {})).toEqual([]);
  });
});
