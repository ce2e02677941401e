import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { withHostKey } from "../../../../operations/card/pinned-host-key.ts";

const pi = readFileSync(new URL("../../../../Pulumi.pi.yaml", import.meta.url), "utf8");
const key = "ssh-ed25519 AAAANEW";

describe("withHostKey", () => {
  it("changes one line of the committed example", () => {
    const before = pi.split("\n");
    const after = withHostKey(pi, "pi-3", key).split("\n");
    const changed = after.flatMap((line, index) => (line === before[index] ? [] : [line]));
    expect(after).toHaveLength(before.length);
    expect(changed).toEqual([`        hostKey: ${key}`]);
  });

  it("keeps a list in brackets as it is written", () => {
    const file = (hostKey: string) =>
      `config:\n  grappe:site: { kind: machines, hosts: [ { name: pi-1, address: 192.168.1.11${hostKey} } ] } # all of it\n`;
    expect(withHostKey(file(""), "pi-1", key)).toBe(file(`, hostKey: ${key}`));
  });

  it("leaves a file alone that says so already", () => {
    const pinned = withHostKey(pi, "pi-1", key);
    expect(withHostKey(pinned, "pi-1", key)).toBe(pinned);
  });

  it("knows when there is no such host", () => {
    expect(() => withHostKey(pi, "pi-9", key)).toThrow(/no host pi-9/);
    expect(() => withHostKey("config: {}\n", "pi-1", key)).toThrow(/no host pi-1/);
  });
});
