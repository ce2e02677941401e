import { globSync, readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { nodeImage } from "../../../components/apps/service-image.ts";
import { knownMinors } from "../../../components/settings/compatibility.ts";
import { defaultOdooImage } from "../../../components/settings/odoo-series.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const textOf = (file: string) => readFileSync(join(root, file), "utf8");

const configuration = z.object({
  customManagers: z.array(
    z.object({
      description: z.string(),
      customType: z.literal("regex"),
      managerFilePatterns: z.array(z.string().regex(/^\/.+\/$/)),
      matchStrings: z.array(z.string()),
      depNameTemplate: z.string().optional(),
    }),
  ),
});
const { customManagers } = configuration.parse(JSON.parse(textOf("renovate.json")));

const sources = globSync("{components,charts}/**/*.{ts,yaml}", { cwd: root }).filter(
  (file) => !matchesGlob(file, "charts/*/templates/**"),
);

interface Found {
  readonly manager: string;
  readonly name: string;
  readonly version: string;
}

/** What Renovate finds: its files by a pattern between slashes, its versions by named groups. */
const found: readonly Found[] = customManagers.flatMap((manager) => {
  const patterns = manager.managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)));
  return sources
    .filter((file) => patterns.some((pattern) => pattern.test(file)))
    .flatMap((file) => manager.matchStrings.flatMap((text) => [...textOf(file).matchAll(new RegExp(text, "g"))]))
    .map(({ groups = {} }) => ({
      manager: manager.description,
      name: groups.depName ?? manager.depNameTemplate ?? "",
      version: groups.currentValue ?? "",
    }));
});
const versionsOf = (name: string) => found.filter((one) => one.name === name).map(({ version }) => version);

describe("Renovate's configuration", () => {
  it("has no expression that finds nothing", () => {
    expect(new Set(found.map(({ manager }) => manager))).toEqual(
      new Set(customManagers.map(({ description }) => description)),
    );
    for (const { name, version } of found) expect(`${name} ${version}`).toMatch(/^\S+ v?\d\S*$/);
  });

  it.each([
    ["kubernetes", "kubeadm"],
    ["k3s", "k3s"],
  ] as const)("finds the recommended version of %s, and no other of its minors", (name, distribution) => {
    const recommended = knownMinors.filter((one) => one.distribution === distribution && one.recommended !== undefined);
    expect(versionsOf(name)).toEqual(recommended.map((one) => one.recommended));
  });

  it("finds every chart of a publisher, once", () => {
    // An object with a chart's three fields, however they are written.
    const charts = sources
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => [
        ...textOf(file).matchAll(/\{[^{}]*\bname: "([^"]+)"[^{}]*\bversion\b[^{}]*\brepository\b[^{}]*\}/g),
      ])
      .map(([, name = ""]) => name);
    expect(charts).toEqual(expect.arrayContaining(["metallb", "tigera-operator"]));
    const byChart = found.filter(({ manager }) => /charts/i.test(manager)).map(({ name }) => name);
    expect(byChart.toSorted()).toEqual(charts.toSorted());
  });

  it("finds the images that our code and our chart name", () => {
    const images = found
      .filter(({ manager }) => /images/i.test(manager))
      .map(({ name, version }) => `${name}:${version}`);
    const inValues = [...textOf("charts/odoo/values.yaml").matchAll(/^\s*\w*[iI]mage: (\S+:\S+)$/gm)].map(
      ([, image = ""]) => image,
    );
    expect(inValues.length).toBeGreaterThanOrEqual(4);
    expect(images).toEqual(expect.arrayContaining([nodeImage, defaultOdooImage, ...inValues]));
  });
});

describe("Node.js", () => {
  it("is one version: npm ci's, CI's, version managers' and our applications'", () => {
    const version = textOf(".nvmrc").trim();
    expect(
      z.object({ dependencies: z.object({ node: z.string() }) }).parse(JSON.parse(textOf("package.json"))),
    ).toEqual({
      dependencies: { node: version },
    });
    expect(nodeImage).toContain(`:${version}-`);
    expect(textOf(".gitlab-ci.yml")).toContain(`image: node:${version}-`);
    for (const workflow of globSync(".github/workflows/*.yml", { cwd: root })) {
      const text = textOf(workflow);
      expect(text.match(/uses: actions\/setup-node/g)?.length).toBe(text.match(/node-version-file: \.nvmrc/g)?.length);
      expect(text).not.toMatch(/node-version:/);
    }
  });
});
