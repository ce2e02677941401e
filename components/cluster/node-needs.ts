import { unpackers } from "../host/artifacts/artifact-source.ts";
import type { Host } from "../host/host.ts";
import type { HostNeeds } from "../host/preparation/preparation.ts";
import type { DistributionArgs } from "./distribution.ts";

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
    kernelModules: isEncrypted ? ["wireguard"] : [],
  };
}
