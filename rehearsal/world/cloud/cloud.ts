import { randomUUID } from "node:crypto";
import { Refusal } from "../refusal.ts";

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly external: boolean;
}

export interface Subnet {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  readonly cidr: string;
  readonly gateway: string | undefined;
  pools: readonly { readonly start: string; readonly end: string }[];
}

export interface Router {
  readonly id: string;
  readonly name: string;
  externalNetworkId: string | undefined;
  routes: { readonly destination: string; readonly nextHop: string }[];
}

export interface FixedIp {
  readonly subnetId: string;
  readonly address: string;
}

export interface Port {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  readonly macAddress: string;
  fixedIps: readonly FixedIp[];
  securityGroupIds: readonly string[];
  allowedAddresses: readonly string[];
  /** `router:<id>` or `instance:<id>`. */
  owner: string | undefined;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly rules: Map<string, SecurityRule>;
}

export interface SecurityRule {
  readonly direction: string;
  readonly ethertype: string;
  readonly protocol: string | undefined;
  readonly portMin: number | undefined;
  readonly portMax: number | undefined;
  readonly remoteCidr: string | undefined;
  readonly remoteGroupId: string | undefined;
}

export interface FloatingIp {
  readonly id: string;
  readonly address: string;
  readonly description: string;
  portId: string | undefined;
  fixedAddress: string | undefined;
  readonly forwards: Map<string, PortForward>;
}

export interface PortForward {
  readonly externalPort: number;
  readonly protocol: string;
  readonly internalPortId: string;
  readonly internalAddress: string;
  readonly internalPort: number;
}

export interface Keypair {
  readonly name: string;
  readonly publicKey: string;
}

export interface ServerGroup {
  readonly id: string;
  readonly name: string;
  readonly policy: string;
}

export interface Flavor {
  readonly id: string;
  readonly name: string;
  readonly diskGiB: number;
}

export interface Instance {
  readonly id: string;
  readonly name: string;
  /** ERROR: nova gave its build up, and keeps the record of it. */
  readonly status: "ACTIVE" | "ERROR";
  flavor: Flavor;
  readonly bootsFromVolume: boolean;
  image: string;
  readonly portIds: readonly string[];
  readonly keypair: string | undefined;
  readonly userData: string;
  readonly serverGroupId: string | undefined;
  readonly zone: string;
  metadata: Readonly<Record<string, string>>;
}

export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly sizeGiB: number;
}

/** What a project of an OpenStack holds, and what the cloud offers it. */
export interface Cloud {
  /** Name to id. */
  readonly images: ReadonlyMap<string, string>;
  readonly flavors: readonly Flavor[];
  readonly zones: readonly string[];
  readonly networks: Map<string, Network>;
  readonly subnets: Map<string, Subnet>;
  readonly routers: Map<string, Router>;
  readonly ports: Map<string, Port>;
  readonly securityGroups: Map<string, SecurityGroup>;
  readonly floatingIps: Map<string, FloatingIp>;
  readonly keypairs: Map<string, Keypair>;
  readonly serverGroups: Map<string, ServerGroup>;
  readonly instances: Map<string, Instance>;
  readonly volumes: Map<string, Volume>;
  /** No computer of the cloud manages the next build or resize: nova gives it up. */
  givesUp: boolean;
}

/** Size of a flavor's disk where nothing else is said. */
const DISK_GIB = 20;

export interface CloudOffer {
  readonly images: Iterable<string>;
  readonly flavors: Iterable<string>;
  /** GiB of a flavor's disk, by its name; 20 where there is nothing. */
  readonly disks?: Readonly<Record<string, number>>;
  readonly zones: Iterable<string>;
  readonly externalNetworks: Iterable<string>;
}

/** An empty project on a cloud that offers these images, flavors, zones and external networks. */
export function emptyCloud(offer: CloudOffer): Cloud {
  const named = (names: Iterable<string>): Map<string, string> =>
    new Map([...names].map((name) => [name, randomUUID()]));
  const networks = new Map<string, Network>();
  for (const [name, id] of named(offer.externalNetworks)) networks.set(id, { id, name, external: true });
  return {
    images: named(offer.images),
    flavors: [...offer.flavors].map((name) => ({ id: randomUUID(), name, diskGiB: offer.disks?.[name] ?? DISK_GIB })),
    zones: ["nova", ...offer.zones],
    networks,
    subnets: new Map(),
    routers: new Map(),
    ports: new Map(),
    securityGroups: new Map(),
    floatingIps: new Map(),
    keypairs: new Map(),
    serverGroups: new Map(),
    instances: new Map(),
    volumes: new Map(),
    givesUp: false,
  };
}

/** The API's 404. */
export class NotFound extends Refusal {}

/** The object with this id. @throws NotFound */
export function existing<Value>(objects: ReadonlyMap<string, Value>, id: string, kind: string): Value {
  const found = objects.get(id);
  if (found === undefined) throw new NotFound(`Resource not found: [404] ${kind} ${id} could not be found.`);
  return found;
}

export function conflict(message: string): Refusal {
  return new Refusal(`Expected HTTP response code [202 204] but got 409 instead: ${message}`);
}

export function badRequest(message: string): Refusal {
  return new Refusal(`Bad request with: ${message}`);
}

/** Everything of the project that isn't the cloud's own, for the search for leftovers. */
export function leftInCloud(cloud: Cloud): string[] {
  const kinds: readonly (readonly [string, Iterable<{ readonly name?: string; readonly id?: string }>])[] = [
    ["network", [...cloud.networks.values()].filter((network) => !network.external)],
    ["subnet", cloud.subnets.values()],
    ["router", cloud.routers.values()],
    ["port", cloud.ports.values()],
    ["security group", cloud.securityGroups.values()],
    ["floating IP", cloud.floatingIps.values()],
    ["keypair", cloud.keypairs.values()],
    ["server group", cloud.serverGroups.values()],
    ["instance", cloud.instances.values()],
    ["volume", cloud.volumes.values()],
  ];
  return kinds.flatMap(([kind, objects]) => [...objects].map((object) => `${kind} ${object.name ?? object.id ?? ""}`));
}
