import { parseSettings } from "../../components/settings/parse.ts";
import type { Settings } from "../../components/settings/settings.ts";
import type { PlainConfiguration } from "../../runtime/settings-files/settings-file.ts";
import type { CloudOffer } from "./cloud/cloud.ts";
import { type Machine, newMachine } from "./machine.ts";
import { publicKeyBody } from "./ssh.ts";
import { newWorld, type World } from "./world.ts";

type PlannedSettings = Pick<Settings, "site">;

/** The settings as the program will read them; `undefined` if it will refuse them. */
export function plannedSettings(
  stack: string,
  configuration: PlainConfiguration,
  secrets: Readonly<Record<string, string>>,
): PlannedSettings | undefined {
  const plain = Object.entries(configuration).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const values = { ...Object.fromEntries(plain), ...secrets };
  try {
    return parseSettings({ stack, values, secretKeys: new Set(Object.keys(secrets)) });
  } catch {
    return undefined;
  }
}

/** The machines that the settings name, as if they stood there, freshly installed. */
function machinesOf(settings: readonly PlannedSettings[], privateKey: string): Map<string, Machine> {
  const machines = new Map<string, Machine>();
  for (const { site } of settings) {
    if (site.kind !== "machines") continue;
    for (const host of site.hosts)
      machines.set(
        `${host.address}:${host.port}`,
        newMachine({
          name: host.name,
          hostKey: host.hostKey ?? "",
          authorizedKeys: new Set([publicKeyBody(privateKey)]),
          users: new Set([host.user ?? site.user]),
          memoryCgroup: host.architecture !== "arm64" || site.environment === "container",
        }),
      );
  }
  return machines;
}

/** Settings that changed: machines that weren't there stand there now, and where another host key is pinned, another machine. */
export function exchangeMachines(world: World, settings: PlannedSettings, privateKey: string): void {
  for (const [address, machine] of machinesOf([settings], privateKey)) {
    if (world.machines.get(address)?.hostKey !== machine.hostKey) world.machines.set(address, machine);
  }
}

/** What the settings take for granted of the cloud: its images, flavors, zones and external network. */
function offerOf(settings: readonly PlannedSettings[], disks: CloudOffer["disks"]): CloudOffer {
  const sites = settings.flatMap(({ site }) => (site.kind === "openstack" ? [site] : []));
  const types = sites.flatMap((site) => [site.servers, ...site.agentPools, site.bastion]);
  return {
    images: new Set(types.map((type) => type.image)),
    flavors: new Set(types.map((type) => type.flavor)),
    ...(disks === undefined ? {} : { disks }),
    zones: new Set(types.flatMap((type) => type.availabilityZones)),
    externalNetworks: new Set(sites.map((site) => site.externalNetwork)),
  };
}

/**
 * The world that these settings, one after another, are to be built in.
 *
 * @param disks GiB of flavors' disks, by name
 */
export function worldOfSettings(
  settings: readonly PlannedSettings[],
  privateKey: string,
  disks?: CloudOffer["disks"],
): World {
  return newWorld(offerOf(settings, disks), machinesOf(settings.slice(0, 1), privateKey));
}
