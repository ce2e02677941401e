import { RunError } from "@pulumi/pulumi/errors.js";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../components/settings/yaml.ts";

describe("a YAML file of a user's", () => {
  it("is read", () => {
    expect(parseYaml("config: { grappe:site: x }", "Pulumi.pi.yaml")).toEqual({ config: { "grappe:site": "x" } });
  });

  it.each([
    ["a colon too much", "clouds:\n  shop: password: geheim\n", 2],
    ["an open bracket", "clouds: [a, geheim\n", 2],
    ["a tab", "clouds:\n\tshop: geheim\n", 2],
    ["an unknown alias", "clouds: [geheim, *other]\n", undefined],
  ])("with %s is a user's error that names the file and the place, and quotes no line", (_, text, line) => {
    const refused = () => parseYaml(text, "clouds.yaml");
    expect(refused).toThrow(RunError);
    expect(refused).toThrow(/^clouds\.yaml.* is no YAML: .*\. Fix: correct it there\.$/);
    if (line !== undefined) expect(refused).toThrow(`clouds.yaml, line ${line}, column`);
    expect(refused).not.toThrow("geheim");
  });
});
