import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const page = readFileSync(new URL("../../../docs/applications.md", import.meta.url), "utf8");

/** The page's blocks, each as it would be copied. */
export const blocks = page.split(/\n(?! {4}|\n)/).flatMap((part) => {
  const lines = part.split("\n").filter((line) => line.startsWith("    "));
  return lines.length === 0 ? [] : [lines.map((line) => line.slice(4)).join("\n")];
});

const settings = z.strictObject({ "grappe:apps": z.record(z.string(), z.looseObject({ kind: z.string() })) });

/** Its examples: the applications of each block of settings. */
export const examples = blocks
  .filter((block) => block.startsWith("grappe:"))
  .map((block) => ({ block, apps: settings.parse(parse(block))["grappe:apps"] }));

/** All the page's applications at once. */
export const allApplications = Object.fromEntries(examples.flatMap(({ apps }) => Object.entries(apps)));

/** What the page's applications stand on, beside what the Raspberry Pis' stack has. */
export const platformOfPage = { ingress: {}, certificates: { authority: "own" } };
