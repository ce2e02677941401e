import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { type CniName, cniManifest, cniNames, isChart } from "../../components/cluster/cni/manifests.ts";
import { podNetworkCharts } from "../../components/cluster/cni-chart.ts";
import { type ArtifactLock, lockFile, parseLock } from "../../components/host/artifacts/lock.ts";
import { readBundle, verifyBundle } from "../../components/host/bundle.ts";
import { progressOf } from "../../runtime/progress.ts";
import { type Architecture, goModuleVersion, ownArchitecture } from "../../runtime/toolchain/go-module.ts";
import { repository } from "../stack/lab-folder.ts";
import { goModules } from "../toolchain/go-modules.ts";
import { addFiles } from "./add-files.ts";
import { addApplications } from "./applications.ts";
import type { FillRequest as FillTarget } from "./fill.ts";
import { aloneWith, whileFilling } from "./filling.ts";
import { BundleFolder } from "./folder.ts";
import { fillFromReleases } from "./from-releases.ts";
import { fillFromSource } from "./from-source.ts";
import { type ImageReference, parseReference } from "./kubeadm-images.ts";
import { addBuiltParts } from "./parts/add-parts.ts";
import type { Part } from "./parts/part.ts";
import { parts as allParts } from "./parts/parts.ts";
import { addPinnedFiles } from "./pinned-files.ts";

/** How a bundle is filled. */
export interface FillRequest {
  /** Official releases, or built on this computer from Go modules and Debian packages. */
  readonly from: "releases" | "source";
  /** k3s is had from releases only. */
  readonly distribution: "kubeadm" | "k3s";
  /** Version of Kubernetes; default: the one that lab/toolchain builds, for k3s the one that all else was tested with. */
  readonly kubernetes?: string;
  /** Default: this computer's. */
  readonly architecture?: Architecture;
  /** Further images from their registries. */
  readonly images: readonly string[];
  /** `ORIGIN=URL` each: the URL is taken in place of a publisher's origin. */
  readonly mirrors: readonly string[];
  /**
   * Names of parts of the platform and applications, by commas, or `all` or `none`: their images and charts come from their
   * publishers or are built here.
   */
  readonly parts: string;
  /** From releases: names of pod networks whose images it takes, by commas, or `none`. */
  readonly cni: string;
  /** From releases: Helm charts, the parts' and the pod networks'. */
  readonly charts: boolean;
  /** Images of our own applications. */
  readonly applications: boolean;
}

/** The version of k3s that everything else was tested with. */
const testedK3s = "v1.36.5+k3s1";

function parseMirrors(values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    values.map((value) => {
      const [, origin, mirror] = value.match(/^(https?:\/\/[^=]+)=(https?:\/\/.+)$/) ?? [];
      if (origin === undefined || mirror === undefined) throw new RunError(`--mirror ${value}: write ORIGIN=URL.`);
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
    throw new RunError(`--parts ${list}: there is no part ${name}; there are ${known}.`);
  });
}

/** The images of pod networks that are asked for, each as a part of the network's name. */
function podNetworkImages(list: string): readonly (ImageReference & { readonly part: CniName })[] {
  if (list === "none") return [];
  const chosen = list.split(",").map((name) => {
    const known = cniNames.filter((each) => (cniManifest(each).chart?.images.length ?? 0) > 0);
    const found = known.find((each) => each === name);
    if (found !== undefined) return found;
    throw new RunError(`--cni ${list}: no images of ${name} are known; there are those of ${known.join(", ")}.`);
  });
  return chosen.flatMap((part) =>
    (cniManifest(part).chart?.images ?? []).map((image) => ({ ...parseReference(image), part })),
  );
}

async function readLock(): Promise<ArtifactLock> {
  return parseLock(await readFile(join(repository, lockFile), "utf8").catch(() => "{}"));
}

async function summary(directory: string): Promise<string> {
  const bundle = await readBundle(directory);
  await verifyBundle(bundle);
  const bytes = bundle.artifacts.reduce((sum, { size }) => sum + size, 0);
  return `${directory}: ${bundle.artifacts.length} artifacts, ${Math.round(bytes / 1024 / 1024)} MiB, verified`;
}

/** Fills a bundle; what is there and right stays. */
export async function fillBundle(directory: string, request: FillRequest): Promise<string> {
  const parts = parseParts(request.parts);
  const mirrors = parseMirrors(request.mirrors);
  if (request.from === "source") assertFromSource(request);
  const progress = progressOf("bundle");
  await whileFilling(directory, progress, async () => {
    const folder = await BundleFolder.open(directory);
    const target = { folder, architecture: request.architecture ?? ownArchitecture(), progress };
    await fill(target, request, { parts, mirrors });
  });
  return await summary(directory);
}

function assertFromSource({ distribution, images, cni }: FillRequest): void {
  if (cni !== "none") throw new RunError(`--cni ${cni}: Its images come from registries. Fix: --from releases.`);
  if (distribution === "k3s")
    throw new RunError("--distribution k3s: It is no Go module that can be built from a proxy. Fix: --from releases.");
  if (images.length > 0)
    throw new RunError("--image: It pulls from a registry. Fix: --from releases, or `bundle add` its archive.");
}

interface Parsed {
  readonly parts: readonly Part[];
  readonly mirrors: Readonly<Record<string, string>>;
}

async function fill(target: FillTarget, request: FillRequest, { parts, mirrors }: Parsed): Promise<void> {
  const { distribution } = request;
  if (request.from === "source") {
    await fillFromSource(target);
    await addBuiltParts(target, parts);
  } else {
    const kubernetes = request.kubernetes ?? (await goModuleVersion(goModules.kubernetes));
    const versions = { kubernetes, cni: await goModuleVersion(goModules.cni), k3s: request.kubernetes ?? testedK3s };
    const sources = { mirrors, lock: await readLock() };
    const ofParts = parts.flatMap(({ name, images }) =>
      images.map(({ reference }) => ({ ...parseReference(reference), part: name })),
    );
    const images = [...request.images.map(parseReference), ...ofParts, ...podNetworkImages(request.cni)];
    const podNetworks = cniNames.filter((cni) => isChart({ cni, distribution })).flatMap(podNetworkCharts);
    const wantedCharts = request.charts
      ? [...parts.flatMap(({ charts }) => charts.map(({ chart }) => chart)), ...podNetworks]
      : [];
    await fillFromReleases({ ...target, ...sources, images, charts: wantedCharts }, distribution, versions);
  }
  await addPinnedFiles(
    target,
    parts.flatMap(({ files }) => files ?? []),
    mirrors,
  );
  if (request.applications) await addApplications(target);
}

/** Adds charts (`*.tgz`) and image archives (`*.tar`, `*.tar.zst`). */
export async function addToBundle(directory: string, files: readonly string[]): Promise<string> {
  const progress = progressOf("bundle");
  await aloneWith(directory, progress, async () => addFiles(await BundleFolder.open(directory), files, progress));
  return await summary(directory);
}

/** Compares every file with the manifest. */
export async function verifyBundleFolder(directory: string): Promise<string> {
  return await summary(directory);
}
