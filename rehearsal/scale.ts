import { createHash } from "node:crypto";
import type { PlainConfiguration } from "../runtime/settings-files/settings-file.ts";
import { type AddressRange, addressNumber, addressText, cidrRange, inRange } from "./world/ipv4.ts";

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsIn(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A host key that belongs to no machine, always the same for a name. */
function exampleHostKey(name: string): string {
  const header = Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20");
  return `ssh-ed25519 ${Buffer.concat([header, createHash("sha256").update(name).digest()]).toString("base64")}`;
}

function parseRange(range: string): AddressRange {
  const [first = "", last = ""] = range.split("-");
  return { first: addressNumber(first.trim()), last: addressNumber(last.trim()) };
}

/** A range with room for so many addresses: as many bits wider as it takes, with the given one inside. */
export function widened(cidr: string, addresses: number): string {
  const [, length = ""] = cidr.split("/");
  let bits = Number(length);
  while (2 ** (32 - bits) < addresses) bits -= 1;
  return `${addressText(cidrRange(`${addressText(cidrRange(cidr).first)}/${bits}`).first)}/${bits}`;
}

function freeAddresses(
  cidr: string,
  taken: ReadonlySet<string>,
  ranges: readonly AddressRange[],
  count: number,
): string[] {
  const { first, last } = cidrRange(cidr);
  const free: string[] = [];
  for (let value = first + 2; value < last && free.length < count; value += 1) {
    const address = addressText(value);
    if (!taken.has(address) && !ranges.some((range) => inRange(range, address))) free.push(address);
  }
  return free;
}

function scaleMachines(site: Fields, agents: number): Fields {
  const hosts = fieldsIn(site.hosts);
  const servers = hosts.filter((host) => host.role === "server");
  const known = hosts.filter((host) => host.role === "agent").slice(0, agents);
  const more = agents - known.length;
  const ranges = [...(Array.isArray(site.loadBalancerPool) ? site.loadBalancerPool : []), site.dhcpRange]
    .filter((range) => typeof range === "string")
    .map(parseRange);
  const reserved = ranges.reduce((sum, range) => sum + range.last - range.first + 1, 0);
  const network = widened(text(site.network), reserved + servers.length + agents + 8);
  const kept = [...servers, ...known];
  const taken = new Set(
    [
      site.apiAddress,
      site.gateway,
      ...(Array.isArray(site.nameServers) ? site.nameServers : []),
      ...kept.flatMap((host) => [host.address, host.privateAddress]),
    ].map(text),
  );
  const template = hosts.find((host) => host.role === "agent") ?? servers[0] ?? {};
  const added = freeAddresses(network, taken, ranges, more).map((address, index) => {
    const name = `agent-${known.length + index + 1}`;
    const { privateAddress: _private, podSubnet: _pods, ...rest } = template;
    return { ...rest, name, role: "agent", address, hostKey: exampleHostKey(name) };
  });
  return { ...site, network, hosts: [...kept, ...added] };
}

function scaleOpenstack(site: Fields, agents: number): Fields {
  const pools = fieldsIn(site.agentPools);
  const [first, ...others] =
    pools.length > 0 ? pools : [{ ...(isFields(site.servers) ? site.servers : {}), name: "agents" }];
  const otherCounts = others.map((pool) => Math.min(Number(pool.count), Math.max(0, agents)));
  const rest = otherCounts.reduce((sum, count) => sum + count, 0);
  const firstCount = Math.max(0, agents - rest);
  const scaled = [
    { ...first, count: firstCount },
    ...others.map((pool, index) => ({ ...pool, count: otherCounts[index] })),
  ];
  const networks = fieldsIn(site.networks).map((network) => ({
    ...network,
    subnets: fieldsIn(network.subnets).map((subnet) =>
      // Servers, bastion, load balancer pool and virtual addresses lie in the same range.
      subnet.name === first?.subnet ? { ...subnet, cidr: widened(text(subnet.cidr), 2 * firstCount + 128) } : subnet,
    ),
  }));
  return { ...site, networks, agentPools: scaled };
}

/** Nodes of a cluster whose pods' range is a /16, a /24 each. */
const NODES_OF_A_16 = 250;

/**
 * The same settings with so many agents: machines that don't exist get names, addresses and host keys of their own, a pool of
 * an OpenStack site another count; ranges are widened where there isn't room. For rehearsals only.
 */
export function withAgents(configuration: PlainConfiguration, agents: number): PlainConfiguration {
  const site = configuration["grappe:site"];
  const cluster = configuration["grappe:cluster"];
  if (!isFields(site)) return configuration;
  const scaled = site.kind === "openstack" ? scaleOpenstack(site, agents) : scaleMachines(site, agents);
  const pods =
    agents > NODES_OF_A_16 && isFields(cluster) ? { "grappe:cluster": { ...cluster, podCidr: "10.128.0.0/12" } } : {};
  return { ...configuration, ...pods, "grappe:site": scaled };
}
