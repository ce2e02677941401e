import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import packageJson from "../../../package.json" with { type: "json" };

const root = join(import.meta.dirname, "..", "..", "..");
const textOf = (file: string) => readFileSync(join(root, file), "utf8");

const contributing = textOf("CONTRIBUTING.md");
const quoted = [...contributing.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);

test("CONTRIBUTING.md names files that are there", () => {
  const paths = quoted.filter((text) => /^[\w.-]+\/[\w./-]+$/.test(text) || /^[\w-]+\.(ts|json)$/.test(text));
  expect(paths.length).toBeGreaterThan(25);
  expect(paths.filter((path) => path !== "manifest.ts" && !existsSync(join(root, path)))).toEqual([]);
});

test("CONTRIBUTING.md names scripts of package.json", () => {
  const scripts = [...contributing.matchAll(/npm (?:run )?(\w+)/g)].map(([, script = ""]) => script);
  expect(scripts).toContain("check");
  expect(scripts.filter((script) => script !== "ci" && !(script in packageJson.scripts))).toEqual([]);
});

test("twelve changes are listed", () => {
  expect(contributing.match(/^\| \*\*/gm)).toHaveLength(12);
});

test("the licence is the one that package.json names, whole", () => {
  const licence = textOf("LICENSE");
  expect(packageJson.license).toBe("Apache-2.0");
  expect(licence).toMatch(/Apache License\s+Version 2\.0, January 2004/);
  expect(licence).toContain("END OF TERMS AND CONDITIONS");
});

test("the changelog begins with this version", () => {
  expect(textOf("CHANGELOG.md").match(/^## (\S+)$/m)?.[1]).toBe(packageJson.version);
});
