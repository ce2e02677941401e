import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { parse } from "yaml";
import { z } from "zod";
import { type ArtifactName, catalogue, mirrored } from "../../components/host/artifacts/catalogue.ts";
import type { Chart } from "../../components/host/artifacts/chart.ts";
import { type ArtifactLock, lockKey } from "../../components/host/artifacts/lock.ts";
import { run } from "../../runtime/subprocess.ts";
import { withScratch } from "../../runtime/toolchain/build-once.ts";
import { ensurePrograms } from "../../runtime/toolchain/debian-packages.ts";
import { type Architecture, ownArchitecture } from "../../runtime/toolchain/go-module.ts";
import { downloadExpected, downloadVerified, fetchText } from "../../runtime/toolchain/verified-download.ts";
import { type FillRequest, put } from "./fill.ts";
import { type ImageReference, listKubeadmImages } from "./kubeadm-images.ts";
import { refuseOversizedRelease } from "./release-record.ts";

export interface ReleaseRequest extends FillRequest {
  /** Origin of a publisher to the origin to use instead. */
  readonly mirrors: Readonly<Record<string, string>>;
  readonly lock: ArtifactLock;
  readonly charts: readonly Chart[];
  /** Images besides those that the distribution itself runs, some of them of a part. */
  readonly images: readonly (ImageReference & { readonly part?: string })[];
}

/** Versions as their publishers write them. */
export interface ReleaseVersions {
  readonly kubernetes: string;
  readonly cni: string;
  readonly k3s: string;
}

/** Fills a bundle with official releases: each file's SHA-256 is its publisher's and, where there is one, the lock's. */
export async function fillFromReleases(
  request: ReleaseRequest,
  distribution: "kubeadm" | "k3s",
  versions: ReleaseVersions,
): Promise<void> {
  if (distribution === "k3s") {
    await addRelease(request, "k3s", versions.k3s);
    await addRelease(request, "k3s-airgap-images", versions.k3s);
  } else {
    for (const name of ["kubeadm", "kubelet", "kubectl"] as const) await addRelease(request, name, versions.kubernetes);
    await addRelease(request, "cni-plugins", versions.cni);
    for (const image of await kubeadmImages(request, versions.kubernetes)) await addImage(request, image);
  }
  for (const image of request.images) await addImage(request, image);
  for (const chart of request.charts) await addChart(request, chart);
}

async function download(
  { mirrors, lock, progress }: ReleaseRequest,
  name: ArtifactName,
  version: string,
  architecture: Architecture,
): Promise<{ readonly file: string; readonly publishedName: string }> {
  const { url, checksumUrl, checksumName } = catalogue[name].publication(version, architecture);
  const locked = lock[lockKey(name, version, architecture)];
  const file = await downloadVerified(
    {
      url: mirrored(url, mirrors),
      checksumUrl: mirrored(checksumUrl, mirrors),
      checksumName,
      ...(locked === undefined ? {} : { locked }),
    },
    progress,
  );
  return { file, publishedName: checksumName };
}

async function addRelease(request: ReleaseRequest, name: ArtifactName, version: string): Promise<void> {
  const { architecture } = request;
  const { file, publishedName } = await download(request, name, version, architecture);
  const { kind } = catalogue[name];
  await put(request, { name, kind, version, architecture, origin: "release" }, { file, publishedName });
}

/** The list comes from kubeadm itself: the one of this computer's architecture is run, whichever the bundle is for. */
async function kubeadmImages(request: ReleaseRequest, version: string): Promise<ImageReference[]> {
  const { file } = await download(request, "kubeadm", version, ownArchitecture());
  return await withScratch(async (folder) => {
    const kubeadm = join(folder, "kubeadm");
    await run(["install", "-m", "0755", file, kubeadm]);
    return await listKubeadmImages(kubeadm, version);
  });
}

/** The registry's digests are checked by skopeo; the archive is docker's, which every container runtime loads by name. */
async function addImage(
  request: ReleaseRequest,
  { repository, tag, part }: ReleaseRequest["images"][number],
): Promise<void> {
  await ensurePrograms([{ program: "skopeo", debianPackage: "skopeo" }]);
  const { architecture, progress } = request;
  const reference = `${repository}:${tag}`;
  await withScratch(async (folder) => {
    const file = join(folder, "image.tar");
    const target = `docker-archive:${file}:${reference}`;
    const platform = ["--override-os=linux", `--override-arch=${architecture}`];
    const copy = run(["skopeo", ...platform, "copy", "--quiet", `docker://${reference}`, target]);
    await progress.during(() => `pulling ${reference}`, copy);
    const identity = { name: repository, kind: "image", version: tag, architecture, origin: "release" } as const;
    const ofPart = part === undefined ? {} : { part };
    await put(request, { ...identity, ...ofPart }, { file, publishedName: "image.tar" });
  });
}

const repositoryIndex = z.object({
  entries: z.record(
    z.string(),
    z.array(z.object({ version: z.string(), digest: z.string().optional(), urls: z.array(z.string()).min(1) })),
  ),
});

/** Finds (pure) a chart's address and SHA-256 in the index of its repository. */
export function chartPublication(indexText: string, chart: Chart): { readonly url: string; readonly sha256: string } {
  const { entries } = repositoryIndex.parse(parse(indexText));
  const entry = entries[chart.name]?.find(
    ({ version }) => version.replace(/^v/, "") === chart.version.replace(/^v/, ""),
  );
  const [address] = entry?.urls ?? [];
  const sha256 = entry?.digest?.replace(/^sha256:/, "");
  if (address === undefined)
    throw new RunError(
      `${chart.repository} offers no chart ${chart.name} ${chart.version}. Fix: take a mirror that has it (grappe:artifacts.mirrors).`,
    );
  if (sha256 === undefined)
    throw new RunError(
      `${chart.repository} gives no digest of ${chart.name} ${chart.version}. Fix: take a mirror whose index.yaml has digests.`,
    );
  return { url: new URL(address, `${chart.repository.replace(/\/+$/, "")}/`).href, sha256 };
}

async function addChart(request: ReleaseRequest, chart: Chart): Promise<void> {
  const { mirrors, progress } = request;
  const index = await fetchText(mirrored(`${chart.repository.replace(/\/+$/, "")}/index.yaml`, mirrors));
  const { url, sha256 } = chartPublication(index, chart);
  const file = await downloadExpected(mirrored(url, mirrors), sha256, progress);
  const { name, version } = chart;
  await refuseOversizedRelease(file, `${name} ${version}`);
  const identity = { name, kind: "chart", version, architecture: "any", origin: "release" } as const;
  await put(request, identity, { file, publishedName: `${name}-${version}.tgz` });
}
