import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { cniCharts } from "../../components/cluster/cni-chart.ts";
import { type ArtifactLock, lockFile, parseLock } from "../../components/host/artifacts/lock.ts";
import { readBundle, verifyBundle } from "../../components/host/bundle.ts";
import { defaultBundle, repository } from "../stack/lab-folder.ts";
import { type Architecture, goModuleVersion, ownArchitecture } from "../toolchain/go-module.ts";
import { progressOf } from "../toolchain/progress.ts";
import { addFiles } from "./add-files.ts";
import { addApplications } from "./applications.ts";
import { BundleFolder } from "./folder.ts";
import { fillFromReleases } from "./from-releases.ts";
import { fillFromSource } from "./from-source.ts";
import { parseReference } from "./kubeadm-images.ts";
import { addBuiltParts } from "./parts/add-parts.ts";
import type { Part } from "./parts/part.ts";
import { parts as allParts } from "./parts/parts.ts";

const help = `Fills a bundle: one folder with the binaries, images and charts that hosts are installed from without internet.

  npm run bundle -- [--from releases|source] [options]   fill it; what is there and right stays
  npm run bundle -- add FILE…                            add charts (*.tgz) and image archives (*.tar, *.tar.zst)
  npm run bundle -- verify                               compare every file with the manifest

  --from releases|source   official releases (default), or built on this computer: Go modules, Debian packages
  --out DIR                the bundle's folder (default: .grappe/bundle)
  --distribution NAME      kubeadm (default) or k3s; k3s is had from releases only
  --kubernetes VERSION     default: the version that lab/toolchain builds; for k3s v1.36.5+k3s1
  --architecture NAME      amd64 or arm64 (default: this computer's)
  --image REFERENCE        one more image, such as docker.io/library/odoo:18.0-20260817; from releases; repeatable
  --mirror ORIGIN=URL      takes URL in place of a publisher's origin; repeatable
  --parts LIST             parts of the platform and applications, by commas: ${allParts.map(({ name }) => name).join(", ")};
                           or all (default) or none. Images and charts, from their publishers or built here
  --no-charts              without Helm charts: with --from releases, the parts' and the pod networks'
  --no-applications        without the images of our own applications
`;

const options = {
  from: { type: "string", default: "releases" },
  out: { type: "string", default: defaultBundle },
  distribution: { type: "string", default: "kubeadm" },
  kubernetes: { type: "string" },
  architecture: { type: "string" },
  image: { type: "string", multiple: true },
  mirror: { type: "string", multiple: true },
  parts: { type: "string", default: "all" },
  "no-charts": { type: "boolean", default: false },
  "no-applications": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** The version of k3s that everything else was tested with. */
const testedK3s = "v1.36.5+k3s1";

function oneOf<const T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new Error(`--${option} ${value}: it must be ${choices.join(" or ")}.`);
  return choice;
}

function parseMirrors(values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    values.map((value) => {
      const [, origin, mirror] = value.match(/^(https?:\/\/[^=]+)=(https?:\/\/.+)$/) ?? [];
      if (origin === undefined || mirror === undefined) throw new Error(`--mirror ${value}: write ORIGIN=URL.`);
      return [origin, mirror];
    }),
  );
}

function parseParts(list: string): readonly Part[] {
  if (list === "all" || list === "none") return list === "all" ? allParts : [];
  return list.split(",").map((name) => {
    const part = allParts.find((each) => each.name === name);
    if (part !== undefined) return part;
    const known = allParts.map((each) => each.name).join(", ");
    throw new Error(`--parts ${list}: there is no part ${name}; there are ${known}.`);
  });
}

async function readLock(): Promise<ArtifactLock> {
  return parseLock(await readFile(join(repository, lockFile), "utf8").catch(() => "{}"));
}

const parseCommand = () => parseArgs({ options, allowPositionals: true });
type Values = ReturnType<typeof parseCommand>["values"];

async function fill(directory: string, values: Values): Promise<void> {
  const from = oneOf("from", values.from, ["releases", "source"]);
  const distribution = oneOf("distribution", values.distribution, ["kubeadm", "k3s"]);
  const architecture: Architecture = oneOf("architecture", values.architecture ?? ownArchitecture(), [
    "amd64",
    "arm64",
  ]);
  const request = { folder: await BundleFolder.open(directory), architecture, progress: progressOf("bundle") };
  const parts = parseParts(values.parts);
  if (from === "source") {
    if (distribution === "k3s")
      throw new Error("k3s is no Go module that can be built from a proxy: use --from releases.");
    if (values.image !== undefined)
      throw new Error("--image pulls from a registry: use --from releases, or add its archive.");
    await fillFromSource(request);
    await addBuiltParts(request, parts);
  } else {
    const kubernetes = values.kubernetes ?? (await goModuleVersion("kubernetes"));
    const versions = { kubernetes, cni: await goModuleVersion("cni"), k3s: values.kubernetes ?? testedK3s };
    const sources = { mirrors: parseMirrors(values.mirror ?? []), lock: await readLock() };
    const ofParts = parts.flatMap(({ name, images }) =>
      images.map(({ reference }) => ({ ...parseReference(reference), part: name })),
    );
    const images = [...(values.image ?? []).map(parseReference), ...ofParts];
    const podNetworks = distribution === "kubeadm" ? Object.values(cniCharts) : [];
    const wantedCharts = values["no-charts"]
      ? []
      : [...parts.flatMap(({ charts }) => charts.map(({ chart }) => chart)), ...podNetworks];
    await fillFromReleases({ ...request, ...sources, images, charts: wantedCharts }, distribution, versions);
  }
  if (!values["no-applications"]) await addApplications(request);
}

async function main(): Promise<void> {
  const { values, positionals } = parseCommand();
  const directory = resolve(values.out);
  const [command, ...files] = positionals;
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  if (command === undefined) await fill(directory, values);
  else if (command === "add") await addFiles(await BundleFolder.open(directory), files, progressOf("bundle"));
  else if (command !== "verify") throw new Error(`There is no command ${command}; --help lists them.`);
  const bundle = await readBundle(directory);
  await verifyBundle(bundle);
  const bytes = bundle.artifacts.reduce((sum, { size }) => sum + size, 0);
  process.stdout.write(
    `${directory}: ${bundle.artifacts.length} artifacts, ${Math.round(bytes / 1024 / 1024)} MiB, verified\n`,
  );
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bundle: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
