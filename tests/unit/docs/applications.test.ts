import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../components/settings/parse.ts";
import { change, stackConfig, stackFileConfig } from "../settings/stack-files.ts";
import { allApplications, blocks, examples, platformOfPage } from "./applications-page.ts";

const changes = Object.fromEntries(Object.entries(platformOfPage).map(([name, value]) => [`platform.${name}`, value]));
const secrets = { "grappe:pageToken": "a", "grappe:padsDatabasePassword": "b" };

const stackWith = (apps: typeof allApplications) =>
  stackConfig(
    change(stackFileConfig("pi"), {
      ...changes,
      ...Object.fromEntries(Object.entries(apps).map(([name, app]) => [`apps.${name}`, app])),
    }),
    secrets,
  );

describe("docs/applications.md", () => {
  it("begins with an application in ten lines, and has ten more", () => {
    expect(examples[0]?.block.split("\n").length).toBeLessThanOrEqual(10);
    expect(Object.keys(examples[0]?.apps ?? {})).toEqual(["jenkins"]);
    expect(examples.length).toBeGreaterThan(10);
    expect(Object.keys(allApplications).length).toBe(examples.flatMap(({ apps }) => Object.keys(apps)).length);
  });

  it("has no block that isn't settings, or a command that a test of all pages reads", () => {
    const others = blocks.filter((block) => !block.startsWith("grappe:"));
    for (const line of others.flatMap((block) => block.split("\n")))
      expect(line).toMatch(/^\.\/grappe |^pulumi config set --secret grappe:pageToken$/);
  });

  it.each(examples.map(({ apps }) => [Object.keys(apps).join(", "), apps] as const))(
    "%s: taken as it stands",
    (_, apps) => {
      const taken = parseSettings(stackWith(apps)).apps;
      expect(Object.keys(taken)).toEqual(expect.arrayContaining(Object.keys(apps)));
    },
  );

  it("has examples that stand beside each other", () => {
    const { apps, applicationSecrets } = parseSettings(stackWith(allApplications));
    expect(Object.keys(apps)).toEqual(expect.arrayContaining(Object.keys(allApplications)));
    expect(Object.keys(applicationSecrets).toSorted()).toEqual(["padsDatabasePassword", "pageToken"]);
  });
});
