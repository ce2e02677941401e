import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { bundleOfParts } from "../../../components/host/artifacts/artifact-source.ts";
import type { Bundle, BundleArtifact } from "../../../components/host/bundle.ts";
import { defaultOdooImage } from "../../../components/settings/odoo-series.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { wantedParts } from "../../../components/settings/parts.ts";
import { imageConfig } from "../../../lab/bundle/image-archive.ts";
import { parseReference } from "../../../lab/bundle/kubeadm-images.ts";
import { filesLayer } from "../../../lab/bundle/layers.ts";
import { missingParts } from "../../../lab/bundle/parts/missing-parts.ts";
import { parts } from "../../../lab/bundle/parts/parts.ts";
import { standInSource } from "../../../lab/bundle/parts/stand-in-chart.ts";
import { run } from "../../../runtime/subprocess.ts";
import { stackConfig, stackFileConfig } from "../settings/stack-files.ts";

const chartFolder = join(import.meta.dirname, "..", "..", "..", "charts", "odoo");

const image = (name: string, part?: string): BundleArtifact => ({
  name,
  kind: "image",
  version: "1",
  architecture: "amd64",
  file: `images/amd64/${name}-1.tar`,
  sha256: "0".repeat(64),
  size: 1,
  origin: "source",
  ...(part === undefined ? {} : { part }),
});

test("hosts take no image of a part that the settings don't want, and all that belong to none", () => {
  const bundle: Bundle = { directory: "/b", artifacts: [image("a.test/pause"), image("a.test/odoo", "odoo")] };
  const names = (wanted: readonly string[]) => bundleOfParts(bundle, new Set(wanted)).artifacts.map(({ name }) => name);
  expect(names([])).toEqual(["a.test/pause"]);
  expect(names(["odoo"])).toEqual(["a.test/pause", "a.test/odoo"]);
});

test("each part stands in the list once, under names that a bundle can hold", () => {
  const names = parts.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].toSorted());
  const references = parts.flatMap(({ images }) => images.map(({ reference }) => reference));
  expect(references).toEqual([...new Set(references)]);
  // Hosts look for an image under its whole name.
  for (const reference of references) {
    const { repository, tag } = parseReference(reference);
    expect(`${repository}:${tag}`).toBe(reference);
  }
});

test("the parts of Odoo and its database have the very images that the chart runs", async () => {
  const values = parse(await readFile(join(chartFolder, "values.yaml"), "utf8"));
  const referencesOf = (...names: readonly string[]) =>
    parts.filter(({ name }) => names.includes(name)).flatMap(({ images }) => images.map(({ reference }) => reference));
  expect(referencesOf("odoo")).toEqual([values.image]);
  expect(values.image).toBe(defaultOdooImage);
  expect(referencesOf("postgres")).toEqual([values.database.singleImage]);
  expect(referencesOf("cloudnative-pg")).toContain(values.database.clusterImage);
  expect(referencesOf("traefik")).toContain(values.service.proxyImage);
});

test("a part whose images or charts a bundle lacks is missing", () => {
  const [metallb] = parts.filter(({ name }) => name === "metallb");
  const artifacts = metallb?.images.map(({ reference }) => {
    const { repository, tag } = parseReference(reference);
    return { ...image(repository, "metallb"), version: tag };
  });
  const [chart] = metallb?.charts.map(({ chart: { name, version } }) => ({ ...image(name), version })) ?? [];
  if (artifacts === undefined || chart === undefined) throw new Error("there is no MetalLB");
  const whole = [...artifacts, { ...chart, kind: "chart", architecture: "any" } as const];
  expect(missingParts({ directory: "/b", artifacts: whole }, ["metallb"], "amd64")).toEqual([]);
  expect(missingParts({ directory: "/b", artifacts }, ["metallb"], "amd64")).toEqual(["metallb"]);
  expect(missingParts({ directory: "/b", artifacts: whole.slice(1) }, ["metallb"], "amd64")).toEqual(["metallb"]);
  expect(missingParts({ directory: "/b", artifacts: whole }, ["metallb"], "arm64")).toEqual(["metallb"]);
});

test("a bundle lacks a part whose stand-in for a chart an earlier program made; a chart that was given stays", () => {
  const part = parts.find(({ name }) => name === "traefik");
  const [{ chart, otherwise } = {}] = part?.charts ?? [];
  if (part === undefined || chart === undefined || otherwise === undefined || "module" in otherwise)
    throw new Error("there is no stand-in for Traefik's chart");
  const images = part.images.map(({ reference }) => {
    const { repository, tag } = parseReference(reference);
    return { ...image(repository), version: tag };
  });
  const given = { ...image(chart.name), version: chart.version, kind: "chart", architecture: "any" } as const;
  const missing = (made: Partial<BundleArtifact>) =>
    missingParts({ directory: "/b", artifacts: [...images, { ...given, ...made }] }, ["traefik"], "amd64");
  expect(missing({ origin: "stand-in", builtFrom: standInSource(otherwise) })).toEqual([]);
  expect(missing({ origin: "stand-in", builtFrom: "lab/charts/traefik" })).toEqual(["traefik"]);
  expect(missing({ origin: "added" })).toEqual([]);
});

test("what was built here says from what, in its image's label", () => {
  const spec = { reference: "a.test/b:1", architecture: "amd64" as const, layers: [], config: { entrypoint: ["/b"] } };
  expect(JSON.parse(imageConfig(spec, [])).config.Labels).toBeUndefined();
  const built = { ...spec, builtFrom: "a.test/module@v1.2.3" };
  expect(JSON.parse(imageConfig(built, [])).config.Labels).toEqual({
    "grappe.local/built-from": "a.test/module@v1.2.3",
  });
});

test("a layer holds links beside its files", async () => {
  const folder = await mkdtemp(join(tmpdir(), "grappe-layer-"));
  try {
    await writeFile(join(folder, "program"), "x");
    const layer = join(folder, "layer.tar");
    await filesLayer({ "operator/manager": join(folder, "program") }, layer, { manager: "operator/manager" });
    const { stdout } = await run(["tar", "--list", "--verbose", "--file", layer]);
    expect(stdout).toMatch(/manager -> operator\/manager/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("the settings want the parts that their stack runs", () => {
  const wanted = (stack: string) => [...wantedParts(parseSettings(stackConfig(stackFileConfig(stack))))];
  expect(wanted("pi")).toEqual(["cloudnative-pg", "local-path", "metallb", "nfs", "odoo", "traefik"]);
  expect(wanted("dev")).toEqual(["local-path", "metallb", "nfs", "odoo", "pebble", "postgres", "traefik"]);
});
