import assert from "node:assert/strict";
import { addressNumber, addressRange, addressText, networkRange, type Range, size, usableRange } from "../ipv4.ts";
import type { OpenstackSite } from "../schema/openstack-site.ts";

/** Where in its subnet, counted from the network's address, each kind of machine has its first address. */
const offsets = { dhcpFirst: 2, dhcpLast: 8, bastion: 9, servers: 10, agents: 20 } as const;

/** A machine of ours and its fixed address. */
export interface AllocatedAddress {
  readonly name: string;
  readonly address: string;
  /** Name of its subnet. */
  readonly subnet: string;
}

/** First and last address of a range, in OpenStack's words. */
export interface AllocationPool {
  readonly start: string;
  readonly end: string;
}

export interface OpenstackAddresses {
  readonly servers: readonly AllocatedAddress[];
  /** In the order of the pools. */
  readonly agents: readonly (AllocatedAddress & { readonly pool: string })[];
  readonly bastion: AllocatedAddress;
  /** By subnet: what OpenStack itself may give out (its DHCP agents' ports, instances of others), as allocation pools. */
  readonly allocationPools: Readonly<Record<string, readonly AllocationPool[]>>;
}

/**
 * The fixed addresses of everything in an OpenStack site. Servers start at offset 10 of their subnet, the bastion has 9.
 * The n-th agent pool of a subnet starts at 20 plus n quarters of the range; so neither another server nor another agent
 * moves anybody. Nothing is moved out of the way of a virtual address: rules refuse the collision instead.
 *
 * @throws RangeError for a subnet that isn't declared; rules refuse it before
 */
export function openstackAddresses(site: OpenstackSite): OpenstackAddresses {
  return {
    servers: serverAddresses(site),
    agents: site.agentPools.flatMap((pool) =>
      consecutive(agentsFirst(site, pool), pool.count).map((address, index) => ({
        name: `${pool.name}-${index + 1}`,
        address,
        subnet: pool.subnet,
        pool: pool.name,
      })),
    ),
    bastion: {
      name: "bastion",
      address: site.bastion.address ?? addressText(networkFirst(site, site.bastion.subnet) + offsets.bastion),
      subnet: site.bastion.subnet,
    },
    allocationPools: Object.fromEntries(subnetsOf(site).map((subnet) => [subnet.name, allocationPools(site, subnet)])),
  };
}

/** The servers' fixed addresses, in the order in which they join. */
export function serverAddresses(site: OpenstackSite): readonly AllocatedAddress[] {
  const { subnet, count, firstAddress } = site.servers;
  const first = firstAddress === undefined ? networkFirst(site, subnet) + offsets.servers : addressNumber(firstAddress);
  return consecutive(first, count).map((address, index) => ({ name: `server-${index + 1}`, address, subnet }));
}

/** Every declared subnet, over all networks. */
export const subnetsOf = (site: OpenstackSite) => site.networks.flatMap((network) => network.subnets);

/** Whether every subnet that a machine is to lie in is declared, so that addresses can be allocated at all. */
export function allSubnetsDeclared(site: OpenstackSite): boolean {
  const declared = new Set(subnetsOf(site).map((subnet) => subnet.name));
  return [site.servers, site.bastion, ...site.agentPools].every(({ subnet }) => declared.has(subnet));
}

/** A subnet's gateway: the one declared, or its first address. */
export const gatewayOf = (subnet: { readonly cidr: string; readonly gateway?: string }) =>
  subnet.gateway ?? addressText(usableRange(subnet.cidr).first);

function agentsFirst(site: OpenstackSite, pool: OpenstackSite["agentPools"][number]): number {
  if (pool.firstAddress !== undefined) return addressNumber(pool.firstAddress);
  const range = networkRange(cidrOf(site, pool.subnet));
  const before = site.agentPools.filter((other) => other.subnet === pool.subnet).indexOf(pool);
  return range.first + offsets.agents + before * Math.max(8, size(range) / 4);
}

type Subnet = OpenstackSite["networks"][number]["subnets"][number];

/** What is free of a subnet's offsets 2 to 8, as the allocation pools that OpenStack itself gives addresses from. */
export function allocationPools(site: OpenstackSite, subnet: Subnet): readonly AllocationPool[] {
  const { first } = networkRange(subnet.cidr);
  const taken = declaredRanges(site, subnet);
  const free: AllocationPool[] = [];
  let start: number | undefined;
  for (let number = first + offsets.dhcpFirst; number <= first + offsets.dhcpLast + 1; number++) {
    const usable =
      number <= first + offsets.dhcpLast && !taken.some((range) => range.first <= number && number <= range.last);
    if (usable) start ??= number;
    else if (start !== undefined) {
      free.push({ start: addressText(start), end: addressText(number - 1) });
      start = undefined;
    }
  }
  return free;
}

/** What stands at addresses of the subnet by declaration; machines in a row may go on to the end of the pools' place. */
function declaredRanges(site: OpenstackSite, subnet: Subnet): readonly Range[] {
  const end = networkRange(subnet.cidr).first + offsets.dhcpLast;
  const single = [gatewayOf(subnet), site.apiAddress, site.bastion.address];
  const routers = site.routers.flatMap((router) => router.interfaces).map((each) => each.address);
  const rows = [site.servers, ...site.agentPools]
    .filter((machines) => machines.subnet === subnet.name)
    .map((machines) => machines.firstAddress);
  return [
    ...[...site.loadBalancerPool, ...single, ...routers].filter((each) => each !== undefined).map(addressRange),
    ...rows.filter((each) => each !== undefined).map((each) => ({ first: addressNumber(each), last: end })),
  ];
}

const consecutive = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => addressText(first + index));

const networkFirst = (site: OpenstackSite, subnet: string) => networkRange(cidrOf(site, subnet)).first;

function cidrOf(site: OpenstackSite, name: string): string {
  const subnet = subnetsOf(site).find((each) => each.name === name);
  assert(subnet !== undefined, `there is no subnet ${name}`);
  return subnet.cidr;
}
