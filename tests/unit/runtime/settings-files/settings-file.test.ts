import { describe, expect, it } from "vitest";
import { parseSettingsFile } from "../../../../runtime/settings-files/settings-file.ts";

describe("settings files", () => {
  it("give their plain values; encrypted ones are only named", () => {
    const text =
      "encryptionsalt: v1:x\nconfig:\n  grappe:site: {kind: machines}\n  grappe:sshPrivateKey: {secure: v1:y}\n";
    expect(parseSettingsFile(text, "s")).toEqual({
      stack: "s",
      configuration: { "grappe:site": { kind: "machines" } },
      encryptedKeys: ["grappe:sshPrivateKey"],
    });
  });
});
