import { type ArtifactSource, unpackers } from "../host/artifacts/artifact-source.ts";
import type { Host } from "../host/host.ts";
import type { HostNeeds } from "../host/preparation/preparation.ts";
import { bundleImages } from "./bundle-images.ts";
import type { DistributionArgs } from "./distribution.ts";

/**
 * How much a bundle's images take on a host's disk: the archive, containerd's copy of it, and the unpacked layers, which are up to
 * four times as large.
 */
export function imagesMebibytes(source: ArtifactSource, host: Pick<Host, "architecture">): number {
  const sizes = new Map(bundleImages(source, host, "").map(({ file, size }) => [file, size]));
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return Math.ceil((6 * bytes) / 1024 / 1024);
}

/** What a node needs of its host (pure): what its distribution says, and what the settings ask of either one. */
export function nodeNeeds(
  { settings, source, apiAddressIsVirtual }: DistributionArgs,
  host: Host,
  own: Pick<HostNeeds, "packages" | "ports">,
): HostNeeds {
  const keepalived = host.role === "server" && apiAddressIsVirtual ? ["keepalived"] : [];
  const isEncrypted = settings.cni === "flannel" && settings.flannelBackend === "wireguard-native";
  return {
    packages: [...own.packages, ...unpackers(source), ...keepalived],
    ports: own.ports,
    imagesMebibytes: imagesMebibytes(source, host),
    kernelModules: isEncrypted ? ["wireguard"] : [],
  };
}
