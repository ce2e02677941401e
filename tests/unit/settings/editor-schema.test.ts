import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { editorSchema } from "../../../components/settings/editor-schema.ts";

const written = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

describe("the JSON Schema of stack files", () => {
  it("is what `npm run schema` writes", () => {
    expect(JSON.parse(written("components/settings/settings.schema.json"))).toEqual(editorSchema());
  });

  it.each(["pi", "dev"])("is named by the first line of Pulumi.%s.yaml", (stack) => {
    expect(written(`Pulumi.${stack}.yaml`).split("\n")[0]).toBe(
      "# yaml-language-server: $schema=./components/settings/settings.schema.json",
    );
  });

  it("describes every setting of a machine", () => {
    const text = JSON.stringify(editorSchema());
    expect(text).toContain("Its SSH host key, pinned");
    expect(text).toContain("pulumi config set --secret grappe:sshPrivateKey");
  });
});
