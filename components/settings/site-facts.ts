import { machineAddress } from "./allocation/machine-address.ts";
import { allSubnetsDeclared, gatewayOf, openstackAddresses, subnetsOf } from "./allocation/openstack-addresses.ts";
import { addressRange, addressText, networkRange, type Range } from "./ipv4.ts";
import type { MachinesSite } from "./schema/machines-site.ts";
import type { OpenstackSite } from "./schema/openstack-site.ts";
import type { SiteSettings } from "./schema/site.ts";
import { settingPath } from "./setting-path.ts";

/** A network that nodes lie in, whichever kind the site is. */
export interface NodeNetwork {
  readonly name: string;
  readonly cidr: string;
  readonly publicRange: boolean;
  readonly path: string;
}

/** Addresses that something of the site stands at. */
export interface Claim {
  readonly what: string;
  readonly range: Range;
  /** The setting to change. */
  readonly path: string;
  /** Which of two that overlap has to move: the one with the higher number, being the easier to move. */
  readonly mobility: number;
  /** Name of the network it must lie in; absent where any will do. */
  readonly network?: string;
}

export function nodeNetworks(site: SiteSettings): readonly NodeNetwork[] {
  if (site.kind === "machines") {
    const { network: cidr, publicRange } = site;
    return [{ name: "network", cidr, publicRange, path: settingPath("site", ["network"]) }];
  }
  return site.networks.flatMap((network, index) =>
    network.subnets.map(({ name, cidr, publicRange }, at) => ({
      name,
      cidr,
      publicRange,
      path: settingPath("site", ["networks", index, "subnets", at, "cidr"]),
    })),
  );
}

/** The roles of the nodes that will be. */
export function nodeCounts(site: SiteSettings): { readonly servers: number; readonly agents: number } {
  if (site.kind === "openstack") {
    return { servers: site.servers.count, agents: site.agentPools.reduce((sum, pool) => sum + pool.count, 0) };
  }
  const servers = site.hosts.filter((host) => host.role === "server").length;
  return { servers, agents: site.hosts.length - servers };
}

/** What a node is to the scheduler; known even where its address isn't. */
export interface NodeFacts {
  readonly name: string;
  readonly role: "server" | "agent";
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly effect: string }[];
  readonly architecture: string;
}

export function nodes(site: SiteSettings): readonly NodeFacts[] {
  if (site.kind === "machines") return site.hosts;
  const { servers, agentPools } = site;
  const several = (
    prefix: string,
    role: NodeFacts["role"],
    type: Omit<NodeFacts, "name" | "role"> & { count: number },
  ) =>
    Array.from({ length: type.count }, (_, index) => ({
      name: `${prefix}-${index + 1}`,
      role,
      labels: type.labels,
      taints: type.taints,
      architecture: type.architecture,
    }));
  return [...several("server", "server", servers), ...agentPools.flatMap((pool) => several(pool.name, "agent", pool))];
}

/** Everything that stands at an address by these settings. */
export function claims(site: SiteSettings): readonly Claim[] {
  const own = site.kind === "machines" ? machineClaims(site) : openstackClaims(site);
  const path = settingPath("site", ["apiAddress"]);
  const api = site.apiAddress;
  return [
    ...own,
    ...(api === undefined ? [] : [{ what: "the API address", range: addressRange(api), path, mobility: 5 }]),
    ...site.loadBalancerPool.map((range, index) => ({
      what: "the load balancer pool",
      range: addressRange(range),
      path: settingPath("site", ["loadBalancerPool", index]),
      mobility: 6,
    })),
  ];
}

function machineClaims(site: MachinesSite): readonly Claim[] {
  const dhcp = site.dhcpRange;
  const dhcpPath = settingPath("site", ["dhcpRange"]);
  const gateway = site.gateway;
  const gatewayPath = settingPath("site", ["gateway"]);
  return [
    ...(gateway === undefined
      ? []
      : [{ what: "the gateway", range: addressRange(gateway), path: gatewayPath, mobility: 1 }]),
    ...(dhcp === undefined ? [] : [{ what: "the DHCP range", range: addressRange(dhcp), path: dhcpPath, mobility: 0 }]),
    ...site.hosts.flatMap((machine, index) => {
      const address = machineAddress(machine);
      if (address === undefined) return [];
      const key = machine.privateAddress === undefined ? "address" : "privateAddress";
      const path = settingPath("site", ["hosts", index, key]);
      return [{ what: `host ${machine.name}`, range: addressRange(address), path, mobility: 3 }];
    }),
  ];
}

/** Only where every subnet that is named is declared; another rule refuses the rest. */
function openstackClaims(site: OpenstackSite): readonly Claim[] {
  if (!allSubnetsDeclared(site)) return routerClaims(site);
  const { servers, agents, bastion } = openstackAddresses(site);
  const server = { what: "the servers", path: settingPath("site", ["servers"]), network: site.servers.subnet };
  return [
    ...gatewayClaims(site),
    ...routerClaims(site),
    ...span(servers, { ...server, mobility: 3 }),
    ...site.agentPools.flatMap((pool, index) =>
      span(
        agents.filter((agent) => agent.pool === pool.name),
        {
          what: `agent pool ${pool.name}`,
          path: settingPath("site", ["agentPools", index]),
          network: pool.subnet,
          mobility: 4,
        },
      ),
    ),
    {
      what: "the bastion",
      range: addressRange(bastion.address),
      path: settingPath("site", ["bastion"]),
      network: bastion.subnet,
      mobility: 3,
    },
  ];
}

function gatewayClaims(site: OpenstackSite): readonly Claim[] {
  return site.networks.flatMap((network, index) =>
    network.subnets.map((subnet, at) => ({
      what: `the gateway of subnet ${subnet.name}`,
      range: addressRange(gatewayOf(subnet)),
      path: settingPath("site", ["networks", index, "subnets", at, "gateway"]),
      network: subnet.name,
      mobility: 1,
    })),
  );
}

/** Router interfaces at addresses of their own; one at its subnet's gateway is that gateway. */
function routerClaims(site: OpenstackSite): readonly Claim[] {
  const gateways = new Map(subnetsOf(site).map((subnet) => [subnet.name, gatewayOf(subnet)]));
  return site.routers.flatMap((router, index) =>
    router.interfaces.flatMap(({ subnet, address }, at) => {
      if (address === undefined || address === gateways.get(subnet) || !gateways.has(subnet)) return [];
      const path = settingPath("site", ["routers", index, "interfaces", at, "address"]);
      return [{ what: `router ${router.name}`, range: addressRange(address), path, network: subnet, mobility: 2 }];
    }),
  );
}

/** One claim for addresses that follow one another. */
function span(machines: readonly { readonly address: string }[], claim: Omit<Claim, "range">): readonly Claim[] {
  const first = machines[0];
  const last = machines.at(-1);
  if (first === undefined || last === undefined) return [];
  return [{ ...claim, range: addressRange(`${first.address}-${last.address}`) }];
}

/** A range as it is written in settings. */
export const rangeText = ({ first, last }: Range) =>
  first === last ? addressText(first) : `${addressText(first)}-${addressText(last)}`;

/** The network that encloses a range whole. */
export function enclosingNetwork(networks: readonly NodeNetwork[], range: Range): NodeNetwork | undefined {
  return networks.find(({ cidr }) => {
    const network = networkRange(cidr);
    return network.first < range.first && range.first <= range.last && range.last < network.last;
  });
}
