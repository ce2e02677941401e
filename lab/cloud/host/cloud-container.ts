import type { ContainerEngine, EngineKind } from "../../hardware/container-engine.ts";
import { systemdContainerParameters } from "../../hardware/systemd-container.ts";

/** Name of the cloud's container, network and, with a suffix, volume. There is one cloud on a computer: its addresses are fixed. */
export const cloudName = "grappe-cloud";

/** Name of the container in which the cloud's image is made. It stands beside a cloud that runs, and is in no network. */
export const setUpName = `${cloudName}-set-up`;

/** The volume under the root file systems of a host's instances: overlay on overlay fails. It is no part of the image. */
export const instancesVolume = (container: string): string => `${container}-instances`;

/** The label that everything of the cloud carries. */
export const cloudLabel = "grappe.cloud=cloud";

export interface CloudNetwork {
  readonly subnet: string;
  /** This computer's address in it. */
  readonly gateway: string;
  /** The host of the cloud: all services of OpenStack answer there. */
  readonly address: string;
}

/** The network between this computer and the host of the cloud. The address stands in the service catalogue inside the image. */
export const cloudNetwork: CloudNetwork = {
  subnet: "10.215.0.0/24",
  gateway: "10.215.0.1",
  address: "10.215.0.10",
};

/** Renders (pure) the parameters that create the network between this computer and the cloud. */
export function networkParameters(kind: EngineKind, network: CloudNetwork): string[] {
  return [
    "network",
    "create",
    `--subnet=${network.subnet}`,
    `--gateway=${network.gateway}`,
    `--label=${cloudLabel}`,
    ...(kind === "podman" ? ["--disable-dns"] : []),
    cloudName,
  ];
}

export interface CloudContainer {
  readonly name: string;
  readonly image: string;
  /** Default: none, where the image is made. */
  readonly network?: CloudNetwork;
}

function networkOf(kind: EngineKind, network: CloudNetwork | undefined): string[] {
  if (network === undefined) return ["--network=none"];
  return kind === "podman"
    ? [`--network=${cloudName}:ip=${network.address},interface_name=eth0`]
    : [`--network=${cloudName}`, `--ip=${network.address}`];
}

/** Renders (pure) the parameters that create the host of the cloud, which makes bridges, network namespaces and containers. */
export function createParameters(
  engine: Pick<ContainerEngine, "kind" | "mayRaiseLimits">,
  { name, image, network }: CloudContainer,
): string[] {
  return systemdContainerParameters(engine, {
    name,
    hostname: "cloud",
    labels: [cloudLabel],
    network: networkOf(engine.kind, network),
    volume: `${instancesVolume(name)}:/var/lib/containers`,
    image,
  });
}
