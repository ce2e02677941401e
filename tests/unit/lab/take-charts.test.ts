import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readBundle } from "../../../components/host/bundle.ts";
import { charts } from "../../../components/platform/chart.ts";
import { isOff } from "../../../lab/bundle/parts/chart-folder.ts";
import { takeCharts } from "../../../lab/bundle/parts/take-charts.ts";
import { run } from "../../../runtime/subprocess.ts";

let scratch: string;
let folder: string;
let bundle: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "grappe-charts-"));
  folder = join(scratch, "charts");
  bundle = join(scratch, "bundle");
  await mkdir(folder);
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function unpacked(at: string, { name, version }: { name: string; version: string }, more = ""): Promise<string> {
  await write(join(at, "Chart.yaml"), `apiVersion: v2\nname: ${name}\nversion: ${version}\n${more}`);
  return at;
}

/** A packed chart, under whatever name. */
async function packed(file: string, chart: { name: string; version: string }): Promise<void> {
  await unpacked(join(scratch, "made", chart.name), chart);
  await run([
    "tar",
    "--create",
    "--gzip",
    "--file",
    join(folder, file),
    "--directory",
    join(scratch, "made"),
    chart.name,
  ]);
}

async function inBundle(): Promise<string[]> {
  return (await readBundle(bundle)).artifacts.map(({ name, version, origin }) => `${name} ${version} ${origin}`);
}

describe("published charts take the place of a bundle's", () => {
  test("packed under any name, or unpacked; what the folder lacks is told with the command", async () => {
    await packed("some.tgz", charts.metallb);
    await unpacked(join(folder, "traefik-helm-chart"), charts.traefik);
    await write(join(folder, "README.md"), "no chart");
    const lines = await takeCharts(bundle, folder, ["metallb", "traefik", "pebble"]);
    expect(await inBundle()).toEqual(["metallb 0.16.1 added", "traefik 41.3.0 added"]);
    expect(lines).toEqual([
      `chart metallb 0.16.1: ${folder}/some.tgz`,
      `chart traefik 41.3.0: ${folder}/traefik-helm-chart`,
      expect.stringMatching(
        /^chart pebble 1\.5\.0: not in .*; the bundle's own stays\..*helm pull pebble --repo https:/,
      ),
    ]);
  });

  test("not in another version than the program asks for: nothing is taken then", async () => {
    await packed("traefik.tgz", charts.traefik);
    await packed("metallb-0.15.0.tgz", { name: "metallb", version: "0.15.0" });
    await expect(takeCharts(bundle, folder, ["traefik", "metallb"])).rejects.toThrow(
      /it has metallb 0\.15\.0 \(.*metallb-0\.15\.0\.tgz\), but the program asks for 0\.16\.1\.\nFix: helm pull metallb --repo \S+ --version 0\.16\.1/,
    );
    expect(await inBundle().catch(() => [])).toEqual([]);
  });

  test("not under a lab that stands with others, where an up would change nothing", async () => {
    await packed("metallb.tgz", charts.metallb);
    await takeCharts(bundle, folder, ["metallb"]);
    await takeCharts(bundle, folder, ["metallb"], "shop");
    await unpacked(join(scratch, "made", "metallb"), charts.metallb, "description: another one\n");
    await run([
      "tar",
      "--create",
      "--gzip",
      "--file",
      join(folder, "metallb.tgz"),
      "--directory",
      join(scratch, "made"),
      "metallb",
    ]);
    await expect(takeCharts(bundle, folder, ["metallb"], "shop")).rejects.toThrow(
      /the lab shop stands with another metallb-0\.16\.1\.tgz.*Fix: \.\/grappe lab down --name shop/,
    );
  });

  test("of two versions the wanted one", async () => {
    await packed("old.tgz", { name: "metallb", version: "0.15.0" });
    await packed("new.tgz", charts.metallb);
    await takeCharts(bundle, folder, ["metallb"]);
    expect(await inBundle()).toEqual(["metallb 0.16.1 added"]);
  });

  test("a folder without any of them, no folder, and an archive that is no chart are named", async () => {
    await packed("metallb.tgz", charts.metallb);
    await expect(takeCharts(bundle, folder, ["traefik"])).rejects.toThrow(
      /no chart of traefik\.\nFix: helm pull traefik/,
    );
    await expect(takeCharts(bundle, folder, [])).rejects.toThrow(/no part of this lab has a chart/);
    await expect(takeCharts(bundle, join(folder, "none"), ["traefik"])).rejects.toThrow(/no folder that can be read/);
    await writeFile(join(folder, "x.tgz"), "x");
    await expect(takeCharts(bundle, folder, ["metallb"])).rejects.toThrow(/x\.tgz: it is no packaged Helm chart/);
  });
});

describe("an unpacked chart's dependencies, which its repository lacks", () => {
  const dependencies = `dependencies:
  - {name: present, version: "1"}
  - {name: absent, alias: monitoring, version: "1", condition: monitoring.create}
`;
  const chart = (values: string) =>
    unpacked(join(folder, "chart"), charts.cloudnativePg, dependencies)
      .then(() => unpacked(join(folder, "chart", "charts", "present"), { name: "present", version: "1" }))
      .then(() => write(join(folder, "chart", "values.yaml"), values));

  test("are left out where its values turn them off, as Helm wants them even then", async () => {
    await chart("monitoring: {create: false}");
    const [line] = await takeCharts(bundle, folder, ["cloudnative-pg"]);
    expect(line).toMatch(/, without monitoring, which it lacks and its values turn off$/);
    const file = join(bundle, "charts", "cloudnative-pg-0.29.0.tgz");
    const { stdout } = await run(["tar", "--extract", "--to-stdout", "--file", file, "cloudnative-pg/Chart.yaml"]);
    expect(stdout).toContain("name: present");
    expect(stdout).not.toContain("absent");
  });

  test.each(["monitoring: {create: true}", "{}"])("are asked for else: %s", async (values) => {
    await chart(values);
    await expect(takeCharts(bundle, folder, ["cloudnative-pg"])).rejects.toThrow(
      /lacks absent\. Fix: helm dependency build .*chart$/,
    );
  });

  test.each([
    [undefined, false],
    ["a.b", true],
    ["a.none", false],
    ["a.none,a.b", true],
    ["a.on,a.b", false],
  ])("condition %s is off: %s", (condition, expected) => {
    expect(isOff(condition, { a: { b: false, on: true } })).toBe(expected);
  });
});
