import assert from "node:assert/strict";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Chart } from "../../../components/host/artifacts/chart.ts";
import { run } from "../../../runtime/subprocess.ts";
import { withScratch } from "../../../runtime/toolchain/build-once.ts";
import { builtFrom, requiredModuleFolder } from "../../../runtime/toolchain/go-module.ts";
import { type FillRequest, put } from "../fill.ts";
import { reproducible } from "../image-archive.ts";
import { parseReference } from "../kubeadm-images.ts";
import { addPackedImages } from "../packed-image.ts";
import type { ModuleChart, Part, PartChart, StandInChart } from "./part.ts";
import { standInFolder, standInSource } from "./stand-in-chart.ts";

/** Makes the images of parts on this computer, and their charts, and puts them into the bundle. */
export async function addBuiltParts(request: FillRequest, parts: readonly Part[]): Promise<void> {
  for (const { name, images, charts } of parts) {
    for (const { reference, madeAs, content } of images) {
      const packed = { image: parseReference(reference), content: await content(request), part: name };
      await addPackedImages(request, [madeAs === undefined ? packed : { ...packed, origin: madeAs }]);
    }
    for (const chart of charts) await addBuiltChart(request, chart);
  }
}

async function addBuiltChart(request: FillRequest, { chart, otherwise }: PartChart): Promise<void> {
  await withScratch(async (scratch) => {
    const folder = join(scratch, chart.name);
    const identity = { name: chart.name, kind: "chart", version: chart.version, architecture: "any" } as const;
    const made = "module" in otherwise ? await fromModule(otherwise, folder) : await standIn(otherwise, folder);
    await assertChart(folder, chart);
    const publishedName = `${chart.name}-${chart.version}.tgz`;
    const file = join(scratch, publishedName);
    const modes = ["--mode=u+rwX,go+rX,go-w", "--use-compress-program=gzip --no-name"];
    await run(["tar", ...reproducible, ...modes, "--create", "--file", file, "--directory", scratch, chart.name]);
    await put(request, { ...identity, ...made }, { file, publishedName });
    // Files copied from Go's cache can't be written, their folders neither.
    await run(["chmod", "--recursive", "u+w", scratch]);
  });
}

async function fromModule({ module, within, path }: ModuleChart, folder: string) {
  const source = await requiredModuleFolder(module, within);
  await cp(join(source, path), folder, { recursive: true });
  return { origin: "source", builtFrom: await builtFrom(module) } as const;
}

async function standIn(chart: StandInChart, folder: string) {
  await cp(standInFolder(chart), folder, { recursive: true });
  for (const [name, text] of Object.entries((await chart.files?.()) ?? {})) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return { origin: "stand-in", builtFrom: standInSource(chart) } as const;
}

const chartYaml = z.object({ name: z.string(), version: z.string() });

/** What is packed must be the very chart that the program asks for. */
async function assertChart(folder: string, { name, version }: Chart): Promise<void> {
  const found = chartYaml.parse(parse(await readFile(join(folder, "Chart.yaml"), "utf8")));
  if (found.name === name && found.version === version) return;
  assert.fail(
    `components/platform/chart.ts wants the chart ${name} ${version}; what was made is ${found.name} ${found.version}.`,
  );
}
