import { RunError } from "@pulumi/pulumi/errors.js";
import { type Progress, progressOf } from "../../runtime/progress.ts";
import { addressesOf, allocateSlots, defaultNetworks, type LabNetworks, serviceAddresses } from "./addresses.ts";
import { type ContainerEngine, containerEngine } from "./container-engine.ts";
import { createHost, type HostsSpec } from "./create-host.ts";
import { containerName, networkName, networkParameters, volumeName } from "./host-container.ts";
import { ensureHostImage } from "./host-image.ts";
import { ensureInotifyLimits } from "./inotify-limits.ts";
import { countHosts, findHosts, findNetworks, labResources, type PresentHost } from "./inventory.ts";
import { ensureRoute } from "./routes.ts";
import { sshAnswers } from "./ssh-banner.ts";

/** The user whom every host of a lab knows: sudo without a password, SSH by the lab's authorised key alone. */
export const labUser = "grappe";

export interface LabSpec extends HostsSpec {
  /** Host names, in the order in which they get their addresses. */
  readonly hosts: readonly string[];
  /** Default: two networks that follow from the lab's name. */
  readonly networks?: LabNetworks;
}

/** A host of a lab as the settings of a `machines` stack take it. */
export interface LabHost {
  readonly name: string;
  /** SSH goes here. */
  readonly adminAddress: string;
  /** The node's address, in the declared subnet. */
  readonly clusterAddress: string;
  /** Public SSH host key, to be pinned. */
  readonly hostKey: string;
  readonly machineId: string;
  readonly isRunning: boolean;
  /** Whether it has a kernel of its own: modules, swap and a clock, and a real reboot. */
  readonly hasOwnKernel: boolean;
  /** Whether it is an emulated machine, of arm64. */
  readonly isEmulated: boolean;
}

export interface Lab {
  readonly lab: string;
  readonly user: string;
  readonly networks: LabNetworks;
  readonly hosts: readonly LabHost[];
}

const bootSeconds = 90;
/** An emulated machine takes one and a half minutes on a computer with nothing else to do. */
const emulatedBootSeconds = 900;

const labNetworkNames = ["admin", "cluster"] as const;

/** Exit codes of an engine that was asked for what is so already, such as to kill a container that does not run. */
const engineFailure = [0, 1, 2, 125];

function checkName(kind: string, name: string): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) {
    throw new RunError(`${kind} ${JSON.stringify(name)}: use 1 to 32 lower-case letters, digits and hyphens.`);
  }
}

/**
 * Makes sure that a lab's hosts exist and run, and answer over SSH: missing ones are created, stopped ones started, the
 * others left alone. Hosts of the lab that `spec` does not name stay.
 */
export async function createHosts(spec: LabSpec): Promise<Lab> {
  checkName("Lab", spec.lab);
  for (const host of spec.hosts) checkName("Host", host);
  const engine = await containerEngine();
  const image = await ensureHostImage(engine);
  const progress = progressOf(`lab ${spec.lab}`);
  const present = await findHosts(engine, spec.lab);
  refuseForeignHosts(spec, present);
  const running = new Set(present.filter(({ isRunning }) => isRunning).map(({ labels }) => labels.host));
  if (!spec.hosts.every((name) => running.has(name))) await engine.ensureNetworking();
  const networks = await ensureNetworks(engine, spec);
  const taken = new Map(present.map((host) => [host.labels.host, host.labels.slot]));
  const slots = allocateSlots(spec.hosts, taken);
  const names = spec.hosts.filter((name) => !taken.has(name));
  if (names.length > 0) {
    await ensureInotifyLimits((await countHosts(engine)) + names.length, progress);
    progress.step(`creating ${names.join(", ")}`);
  }
  await Promise.all(
    spec.hosts.map(async (name) => {
      if (running.has(name)) return;
      const slot = slots.get(name) ?? 0;
      if (!taken.has(name)) await createHost(engine, { spec, networks, user: labUser, image, name, slot });
      await engine.run(["start", containerName(spec.lab, name)]);
    }),
  );
  return await answering(engine, { lab: spec.lab, networks, names: spec.hosts, progress });
}

/** Another copy of this repository may have made a lab of this name: its hosts know another key, and are not ours to change. */
function refuseForeignHosts({ lab, authorizedKey }: LabSpec, present: readonly PresentHost[]): void {
  const foreign = present.filter(
    ({ labels }) => (labels.authorizedKey ?? authorizedKey).trim() !== authorizedKey.trim(),
  );
  if (foreign.length === 0) return;
  const names = foreign.map(({ labels }) => labels.host).join(", ");
  throw new RunError(
    `Lab ${lab} on this computer (${names}) was made by another copy of grappe, whose SSH key alone its hosts know. Fix: another name (./grappe lab --name NAME), or take it away (./grappe lab down --name ${lab}).`,
  );
}

async function ensureNetworks(engine: ContainerEngine, spec: LabSpec): Promise<LabNetworks> {
  const wanted = spec.networks ?? defaultNetworks(spec.lab);
  const present = await findNetworks(engine, spec.lab);
  const missing = labNetworkNames.filter((network) => !present.includes(networkName(spec.lab, network)));
  for (const network of missing) {
    await engine.run(networkParameters(engine.kind, spec.lab, network, wanted)).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RunError(
        `The ${network} network ${wanted[network].subnet} of lab ${spec.lab} cannot be made: ${reason}\nFix: free that network on this computer, or take another name: --name NAME`,
      );
    });
  }
  return wanted;
}

interface Answering {
  readonly lab: string;
  readonly networks: LabNetworks;
  readonly names: readonly string[];
  readonly progress: Progress;
}

async function answering(engine: ContainerEngine, { lab, networks, names, progress }: Answering): Promise<Lab> {
  const hosts = await describeHosts(engine, lab, networks);
  const wanted = hosts.filter(({ name }) => names.includes(name));
  await ensureRoutes(engine, { lab, networks, hosts: wanted });
  const seconds = wanted.some(({ isEmulated }) => isEmulated) ? emulatedBootSeconds : bootSeconds;
  const addresses = wanted.flatMap(({ adminAddress, clusterAddress }) => [adminAddress, clusterAddress]);
  await progress.during(
    () => `waiting for SSH on ${wanted.map(({ name }) => name).join(", ")}`,
    Promise.all(addresses.map((address) => sshAnswers(address, seconds))),
  );
  progress.step(`${names.length} hosts answer over SSH, at their addresses in both networks`);
  return { lab, user: labUser, networks, hosts };
}

/** Makes sure that what goes to the lab's hosts, and to its services, goes by the lab's bridges. */
async function ensureRoutes(
  engine: ContainerEngine,
  { lab, networks, hosts }: Pick<Lab, "lab" | "networks" | "hosts">,
): Promise<void> {
  const { api, pool } = serviceAddresses(networks);
  const services = [api, ...pool.split("-")].map((address): [string, string] => [address, `a service of lab ${lab}`]);
  const hostsAt = (address: "adminAddress" | "clusterAddress") =>
    hosts.map((host): [string, string] => [host[address], `host ${host.name} of lab ${lab}`]);
  const reached = {
    admin: new Map(hostsAt("adminAddress")),
    cluster: new Map([...hostsAt("clusterAddress"), ...services]),
  };
  const instead = "take a lab of another name, which has other networks (--name NAME)";
  for (const network of labNetworkNames) {
    const name = networkName(lab, network);
    await ensureRoute(engine, { name, network: networks[network], reached: reached[network], instead });
  }
}

async function describeHosts(engine: ContainerEngine, lab: string, networks: LabNetworks): Promise<LabHost[]> {
  const present = await findHosts(engine, lab);
  const bySlot = present.toSorted((a, b) => a.labels.slot - b.labels.slot);
  return bySlot.map(({ labels, isRunning }) => {
    const { adminAddress, clusterAddress } = addressesOf(networks, labels.slot);
    const { host: name, hostKey, machineId, kernel } = labels;
    return {
      name,
      adminAddress,
      clusterAddress,
      hostKey,
      machineId,
      isRunning,
      hasOwnKernel: kernel !== undefined,
      isEmulated: kernel === "emulated",
    };
  });
}

/** The hosts of a lab as they are now, in the order of their addresses; none when there is no such lab. */
export async function listHosts(
  lab: string,
  networks: LabNetworks = defaultNetworks(lab),
): Promise<readonly LabHost[]> {
  return await describeHosts(await containerEngine(), lab, networks);
}

/** Switches a host off in good order: systemd stops its units. */
export async function stopHost(lab: string, host: string): Promise<void> {
  const engine = await containerEngine();
  await engine.run(["stop", "--time=60", containerName(lab, host)]);
}

/** Cuts a host's power: no unit is stopped, nothing is said to anyone. */
export async function crashHost(lab: string, host: string): Promise<void> {
  const engine = await containerEngine();
  await engine.run(["kill", "--signal=KILL", containerName(lab, host)]);
}

/** Switches a host on again, after `stopHost` or `crashHost`, and waits until it answers. */
export async function startHost(lab: string, host: string, networks = defaultNetworks(lab)): Promise<void> {
  const engine = await containerEngine();
  await engine.run(["start", containerName(lab, host)]);
  await answering(engine, { lab, networks, names: [host], progress: progressOf(`lab ${lab}`) });
}

/**
 * Cuts the power before removing: systemd ends while podman's `rm --force` still waits for it, and podman 4.3 then fails on a
 * container that "could not be stopped" because it has stopped.
 */
async function destroyContainers(engine: ContainerEngine, containers: readonly string[]): Promise<void> {
  await Promise.all(
    containers.map(async (container) => {
      await engine.run(["kill", "--signal=KILL", container], engineFailure);
      await engine.run(["wait", container], engineFailure);
      await engine.run(["rm", "--force", "--volumes", container]);
    }),
  );
}

/** Takes one host away with its disk. */
export async function removeHost(lab: string, host: string): Promise<void> {
  const engine = await containerEngine();
  await destroyContainers(engine, [containerName(lab, host)]);
  await engine.run(["volume", "rm", "--force", volumeName(lab, host)]);
}

/** Puts another machine of the same name and addresses in a host's place: an empty disk, a new host key, a new machine id. */
export async function replaceHost(spec: LabSpec, host: string): Promise<Lab> {
  const engine = await containerEngine();
  const present = await findHosts(engine, spec.lab);
  const slot = present.find(({ labels }) => labels.host === host)?.labels.slot;
  if (slot === undefined)
    throw new RunError(
      `Lab ${spec.lab} has no host ${host}. Fix: name one of its own: ${present.map(({ labels }) => labels.host).join(", ")}.`,
    );
  const networks = spec.networks ?? defaultNetworks(spec.lab);
  await removeHost(spec.lab, host);
  const image = await ensureHostImage(engine);
  await createHost(engine, { spec, networks, user: labUser, image, name: host, slot });
  await engine.run(["start", containerName(spec.lab, host)]);
  return await answering(engine, { lab: spec.lab, networks, names: [host], progress: progressOf(`lab ${spec.lab}`) });
}

/** Removes everything that a lab made on this computer but the cached image. Nothing there is no error. */
export async function removeHosts(lab: string): Promise<void> {
  const engine = await containerEngine();
  const { containers, volumes, networks } = await labResources(engine, lab);
  await destroyContainers(engine, containers);
  const left = (await labResources(engine, lab)).volumes;
  if (left.length > 0) await engine.run(["volume", "rm", "--force", ...left]);
  if (networks.length > 0) await engine.run(["network", "rm", ...networks]);
  progressOf(`lab ${lab}`).step(
    `removed ${containers.length} hosts, ${volumes.length} volumes and ${networks.length} networks`,
  );
}
