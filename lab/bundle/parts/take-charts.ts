import { basename } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import type { Chart } from "../../../components/host/artifacts/chart.ts";
import { fileSha256, readBundle } from "../../../components/host/bundle.ts";
import type { PartName } from "../../../components/settings/part-names.ts";
import { progressOf } from "../../../runtime/progress.ts";
import { withScratch } from "../../../runtime/toolchain/build-once.ts";
import { addFiles } from "../add-files.ts";
import { BundleFolder } from "../folder.ts";
import { chartsIn, type FoundChart, packChart } from "./chart-folder.ts";
import { parts } from "./parts.ts";

const pullCommand = ({ name, version, repository }: Chart, folder: string): string =>
  `helm pull ${name} --repo ${repository} --version ${version} --destination ${folder}`;

/** The chart that stands in a folder in the wanted version (pure); `undefined`: not at all. */
function chosen(wanted: Chart, found: readonly FoundChart[], folder: string): FoundChart | undefined {
  const named = found.filter(({ name }) => name === wanted.name);
  const right = named.find(({ version }) => version === wanted.version);
  if (right !== undefined || named.length === 0) return right;
  const others = named.map(({ version, path }) => `${version} (${path})`).join(", ");
  throw new RunError(
    `--charts ${folder}: it has ${wanted.name} ${others}, but the program asks for ${wanted.version}.
Fix: ${pullCommand(wanted, folder)}
Or, where its publisher writes the version only at a release: helm package --version ${wanted.version} --destination ${folder} CHART, and take the other one away.`,
  );
}

/**
 * Refuses to change charts under a lab that stands: to the program a chart of the same version is the same chart, and so `up` would
 * change nothing.
 */
async function refuseUnder(lab: string, bundle: string, files: ReadonlyMap<Chart, string>): Promise<void> {
  const { artifacts } = await readBundle(bundle);
  for (const [{ name, version }, file] of files) {
    const held = artifacts.find((one) => one.kind === "chart" && one.name === name && one.version === version);
    if (held === undefined || held.sha256 === (await fileSha256(file))) continue;
    throw new RunError(
      `--charts: the lab ${lab} stands with another ${basename(held.file)}, which an up wouldn't change. Fix: ./grappe lab down${lab === "lab" ? "" : ` --name ${lab}`}, then this again.`,
    );
  }
}

/**
 * Puts published charts into a bundle, in the place of those that it has: from a folder every chart of the given parts, packed
 * or unpacked. Nothing is put there unless all that the folder has can be.
 *
 * @param standing the name of a lab that was made of this bundle already
 * @returns lines for people: what was taken, and what the folder lacks
 * @throws Error if the folder has none of the charts, or one in another version than the program asks for, or another one than the
 *   standing lab has
 */
export async function takeCharts(
  bundle: string,
  folder: string,
  names: readonly PartName[],
  standing?: string,
): Promise<string[]> {
  const found = await chartsIn(folder);
  const wanted = parts
    .filter(({ name }) => names.includes(name))
    .flatMap(({ charts }) => charts.map(({ chart }) => chart));
  const pairs = wanted.map((chart) => ({ chart, found: chosen(chart, found, folder) }));
  const lacking = pairs.filter((pair) => pair.found === undefined).map(({ chart }) => chart);
  if (lacking.length === wanted.length) {
    const asked = wanted.length === 0 ? "no part of this lab has a chart" : `it has no chart of ${names.join(", ")}`;
    const commands = wanted.map((chart) => pullCommand(chart, folder)).join("\n     ");
    throw new RunError(`--charts ${folder}: ${asked}.\nFix: ${commands || "leave out --charts, or --small"}`);
  }
  const lines: string[] = [];
  await withScratch(async (scratch) => {
    const files = new Map<Chart, string>();
    for (const { chart, found: one } of pairs) {
      if (one === undefined) continue;
      const { file, without } = one.isPacked ? { file: one.path, without: [] } : await packChart(one, scratch);
      files.set(chart, file);
      const but = without.length === 0 ? "" : `, without ${without.join(", ")}, which it lacks and its values turn off`;
      lines.push(`chart ${chart.name} ${chart.version}: ${one.path}${but}`);
    }
    if (standing !== undefined) await refuseUnder(standing, bundle, files);
    await addFiles(await BundleFolder.open(bundle), [...files.values()], progressOf("charts"));
  });
  for (const chart of lacking)
    lines.push(
      `chart ${chart.name} ${chart.version}: not in ${folder}; the bundle's own stays. To change that: ${pullCommand(chart, folder)}`,
    );
  return lines;
}
