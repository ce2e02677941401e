import { type ArtifactSource, unpackers } from "../host/artifacts/artifact-source.ts";
import { type ArtifactRequest, planInstalls, wantedArtifact } from "../host/artifacts/install-plan.ts";
import { findArtifact } from "../host/bundle.ts";
import type { Host } from "../host/host.ts";
import type { ImageArchive } from "../host/preflight/preflight.ts";
import type { HostNeeds } from "../host/preparation/preparation.ts";
import { cniManifest } from "./cni/manifests.ts";
import type { DistributionArgs } from "./distribution.ts";

/** The archives of images (pure) that a host gets out of a bundle, each once, and their sizes: it must have room for them. */
export function imageArchives(
  source: ArtifactSource,
  host: Pick<Host, "architecture">,
  artifacts: readonly ArtifactRequest[],
): readonly ImageArchive[] {
  const { bundle } = source;
  if (bundle === undefined) return [];
  const found = artifacts.flatMap((request): ImageArchive[] => {
    const isOfImages = "image" in request || ("name" in request && request.name === "k3s-airgap-images");
    if (!isOfImages || !("file" in request.destination)) return [];
    const bundled = findArtifact(bundle, wantedArtifact(request, host.architecture));
    return bundled === undefined ? [] : [{ file: request.destination.file, bytes: bundled.size }];
  });
  return [...new Map(found.map((archive) => [archive.file, archive])).values()];
}

/** Where a host loads its programs from (pure), each once; nowhere with a bundle. */
function downloadOrigins(
  source: ArtifactSource,
  host: Pick<Host, "architecture">,
  artifacts: readonly ArtifactRequest[],
): readonly string[] {
  if (source.bundle !== undefined) return [];
  const installs = planInstalls(source, artifacts, host.architecture);
  const addresses = installs.flatMap(({ download }) => (download === undefined ? [] : [download.url]));
  return [...new Set(addresses.map((address) => new URL(address).origin))];
}

/** What a node needs of its host (pure): what its distribution says, and what the settings ask of either one. */
export function nodeNeeds(
  { settings, source, apiAddressIsVirtual }: DistributionArgs,
  host: Host,
  own: Pick<HostNeeds, "packages" | "ports"> & { readonly artifacts: readonly ArtifactRequest[] },
): HostNeeds {
  const keepalived = host.role === "server" && apiAddressIsVirtual ? ["keepalived"] : [];
  return {
    packages: [...own.packages, ...unpackers(source), ...keepalived],
    ports: own.ports,
    imageArchives: imageArchives(source, host, own.artifacts),
    origins: downloadOrigins(source, host, own.artifacts),
    kernelModules: cniManifest(settings.cni).kernelModules(settings),
  };
}
