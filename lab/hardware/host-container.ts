import assert from "node:assert/strict";
import type { HostAddresses, LabNetworks } from "./addresses.ts";
import type { ContainerEngine, EngineKind } from "./container-engine.ts";
import { machineContainerParameters } from "./own-kernel/machine-container.ts";
import { systemdContainerParameters } from "./systemd-container.ts";

/** What is known of a host of the lab from its container's labels: all that a removal or a second run needs. */
export interface HostLabels {
  readonly lab: string;
  readonly host: string;
  readonly slot: number;
  /** Public SSH host key, `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  readonly machineId: string;
  /** The container holds a machine with a kernel of its own; `emulated`: of arm64. Hosts of earlier versions don't say it. */
  readonly kernel?: "own" | "emulated";
  /** Public SSH key that may log in; hosts of earlier versions don't say it. */
  readonly authorizedKey?: string;
}

const labelPrefix = "grappe.lab";

/** The label that everything of any lab carries. */
export const anyLab = `${labelPrefix}.name`;

/** The label that everything of a lab carries. */
export const labLabel = (lab: string): string => `${labelPrefix}.name=${lab}`;

export const networkName = (lab: string, network: "admin" | "cluster"): string => `grappe-lab-${lab}-${network}`;
export const containerName = (lab: string, host: string): string => `grappe-lab-${lab}-${host}`;
export const volumeName = (lab: string, host: string): string => `${containerName(lab, host)}-containerd`;

function labelsOf(labels: HostLabels): Readonly<Record<string, string>> {
  return {
    [`${labelPrefix}.name`]: labels.lab,
    [`${labelPrefix}.host`]: labels.host,
    [`${labelPrefix}.slot`]: String(labels.slot),
    [`${labelPrefix}.host-key`]: labels.hostKey,
    [`${labelPrefix}.machine-id`]: labels.machineId,
    ...(labels.kernel === undefined ? {} : { [`${labelPrefix}.kernel`]: labels.kernel }),
    ...(labels.authorizedKey === undefined ? {} : { [`${labelPrefix}.authorized-key`]: labels.authorizedKey }),
  };
}

/** Reads (pure) back what `labelsOf` wrote. */
export function parseLabels(labels: Readonly<Record<string, string>>): HostLabels {
  const read = (key: string): string => {
    const value = labels[`${labelPrefix}.${key}`];
    assert(value !== undefined, `A container of the lab lacks its label ${labelPrefix}.${key}.`);
    return value;
  };
  const authorizedKey = labels[`${labelPrefix}.authorized-key`];
  const kernel = labels[`${labelPrefix}.kernel`];
  return {
    ...(authorizedKey === undefined ? {} : { authorizedKey }),
    ...(kernel === "own" || kernel === "emulated" ? { kernel } : {}),
    lab: read("name"),
    host: read("host"),
    slot: Number(read("slot")),
    hostKey: read("host-key"),
    machineId: read("machine-id"),
  };
}

export interface HostContainer {
  readonly labels: HostLabels;
  readonly addresses: HostAddresses;
  readonly image: string;
  /** What a machine with a kernel of its own is made of; without it, systemd runs in the container itself. */
  readonly machine?: { readonly files: string; readonly memoryMebibytes: number };
}

/**
 * Renders (pure) the parameters that create a host's container, in two networks. Docker's `create` takes one network;
 * `connectParameters` adds the other.
 */
export function createParameters(
  engine: Pick<ContainerEngine, "kind" | "mayRaiseLimits">,
  { labels, addresses, image, machine }: HostContainer,
): string[] {
  const { lab, host } = labels;
  const admin = networkName(lab, "admin");
  const cluster = networkName(lab, "cluster");
  const network =
    engine.kind === "podman"
      ? [
          `--network=${admin}:ip=${addresses.adminAddress},interface_name=eth0`,
          `--network=${cluster}:ip=${addresses.clusterAddress},interface_name=eth1`,
        ]
      : [`--network=${admin}`, `--ip=${addresses.adminAddress}`];
  const container = {
    name: containerName(lab, host),
    hostname: host,
    labels: Object.entries(labelsOf(labels)).map(([key, value]) => `${key}=${value}`),
    network,
    image,
  };
  const volume = volumeName(lab, host);
  return machine === undefined
    ? systemdContainerParameters(engine, { ...container, volume: `${volume}:/var/lib/containerd` })
    : machineContainerParameters(engine, { ...container, volume, ...machine });
}

/** Renders (pure) what joins a created container to the cluster's network, where `create` could not. */
export function connectParameters(kind: EngineKind, container: HostContainer): string[] | undefined {
  if (kind === "podman") return undefined;
  const { lab, host } = container.labels;
  const address = `--ip=${container.addresses.clusterAddress}`;
  return ["network", "connect", address, networkName(lab, "cluster"), containerName(lab, host)];
}

/**
 * Renders (pure) the parameters that create a lab's network. The cluster's has no way out and no address translation, which
 * would rewrite the pods' addresses as they cross it.
 */
export function networkParameters(
  kind: EngineKind,
  lab: string,
  network: "admin" | "cluster",
  networks: LabNetworks,
): string[] {
  const { subnet, gateway } = networks[network];
  const isolation = kind === "podman" ? ["--internal"] : ["--opt=com.docker.network.bridge.enable_ip_masquerade=false"];
  return [
    "network",
    "create",
    `--subnet=${subnet}`,
    `--gateway=${gateway}`,
    `--label=${labLabel(lab)}`,
    ...(kind === "podman" ? ["--disable-dns"] : []),
    ...(network === "cluster" ? isolation : []),
    networkName(lab, network),
  ];
}
