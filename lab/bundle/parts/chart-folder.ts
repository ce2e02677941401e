import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { exists } from "../../../runtime/cache.ts";
import { run } from "../../../runtime/subprocess.ts";
import { identifyChart } from "../add-files.ts";
import { reproducible } from "../image-archive.ts";

/** A chart that lies in a folder: packed, or as a folder of its own. */
export interface FoundChart {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly isPacked: boolean;
}

const dependency = z.looseObject({
  name: z.string(),
  alias: z.string().optional(),
  condition: z.string().optional(),
});
const chartYaml = z.looseObject({
  name: z.string().min(1),
  version: z.string().min(1),
  dependencies: z.array(dependency).optional(),
});

type ChartYaml = z.output<typeof chartYaml>;

async function readChartYaml(folder: string): Promise<ChartYaml> {
  const read = chartYaml.safeParse(parse(await readFile(join(folder, "Chart.yaml"), "utf8")));
  if (read.success) return read.data;
  throw new RunError(`${folder}/Chart.yaml: ${z.prettifyError(read.error)}\nFix: take the publisher's chart anew.`);
}

/** The charts in a folder, each packed (`*.tgz`, whatever its name) or unpacked; the packed ones first. */
export async function chartsIn(folder: string): Promise<FoundChart[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new RunError(`${folder}: no folder that can be read (${String(error)}). Fix: name one that holds charts.`);
  });
  const packed: FoundChart[] = [];
  const unpacked: FoundChart[] = [];
  for (const path of names.toSorted().map((name) => join(folder, name))) {
    if (/\.t(?:ar\.)?gz$/.test(path)) {
      const { name, version } = await identifyChart(path).catch((error: unknown) => {
        throw new RunError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
      });
      packed.push({ name, version, path, isPacked: true });
    } else if (await exists(join(path, "Chart.yaml"))) {
      const { name, version } = await readChartYaml(path);
      unpacked.push({ name, version, path, isPacked: false });
    }
  }
  return [...packed, ...unpacked];
}

/** Whether a chart's own values turn a dependency off (pure): Helm takes a condition that they don't mention for true. */
export function isOff(condition: string | undefined, values: unknown): boolean {
  if (condition === undefined) return false;
  const at = (path: string): unknown =>
    path.split(".").reduce<unknown>((value, step) => {
      return typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;
    }, values);
  // Of several paths the first that leads to something counts.
  const [first] = condition
    .split(",")
    .map((path) => at(path.trim()))
    .filter((value) => typeof value === "boolean");
  return first === false;
}

async function hasDependency(folder: string, name: string): Promise<boolean> {
  const there = await readdir(join(folder, "charts")).catch(() => []);
  return there.some((entry) => entry === name || (entry.startsWith(`${name}-`) && entry.endsWith(".tgz")));
}

/**
 * Packs an unpacked chart, as it lies in its publisher's repository, into `result/NAME-VERSION.tgz`. What it depends on lies in its folder
 * `charts` only once it was published: such a chart is left out where the values turn it off, as Helm wants it even then.
 *
 * @returns the archive, and the names of what was left out
 * @throws Error if a chart is missing that is in use
 */
export async function packChart({ path }: FoundChart, result: string): Promise<{ file: string; without: string[] }> {
  const { dependencies = [], ...chart } = await readChartYaml(path);
  const values: unknown = parse(await readFile(join(path, "values.yaml"), "utf8").catch(() => ""));
  const kept: typeof dependencies = [];
  const without: string[] = [];
  for (const each of dependencies) {
    if (await hasDependency(path, each.name)) kept.push(each);
    else if (isOff(each.condition, values)) without.push(each.alias ?? each.name);
    else throw new RunError(`${path}: its folder charts lacks ${each.name}. Fix: helm dependency build ${path}`);
  }
  const folder = join(result, chart.name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(result, { recursive: true });
  await cp(path, folder, { recursive: true });
  if (without.length > 0) {
    const dependent = kept.length > 0 ? { dependencies: kept } : {};
    await writeFile(join(folder, "Chart.yaml"), stringify({ ...chart, ...dependent }));
    await rm(join(folder, "Chart.lock"), { force: true });
  }
  const file = join(result, `${chart.name}-${chart.version}.tgz`);
  const modes = ["--mode=u+rwX,go+rX,go-w", "--use-compress-program=gzip --no-name"];
  await run(["tar", ...reproducible, ...modes, "--create", "--file", file, "--directory", result, basename(folder)]);
  return { file, without };
}
