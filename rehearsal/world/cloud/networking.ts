import { randomBytes, randomUUID } from "node:crypto";
import { addressNumber, addressText, cidrRange, inRange, rangesOverlap } from "../ipv4.ts";
import {
  badRequest,
  type Cloud,
  conflict,
  existing,
  type FixedIp,
  type Network,
  type Port,
  type Subnet,
} from "./cloud.ts";

export function createNetwork(cloud: Cloud, name: string): Network {
  const network = { id: randomUUID(), name, external: false };
  cloud.networks.set(network.id, network);
  return network;
}

export function deleteNetwork(cloud: Cloud, id: string): void {
  existing(cloud.networks, id, "Network");
  if ([...cloud.ports.values()].some((port) => port.networkId === id))
    throw conflict(`Unable to complete operation on network ${id}. There are one or more ports still in use on it.`);
  for (const subnet of cloud.subnets.values()) if (subnet.networkId === id) cloud.subnets.delete(subnet.id);
  cloud.networks.delete(id);
}

type SubnetRequest = Omit<Subnet, "id">;

export function createSubnet(cloud: Cloud, request: SubnetRequest): Subnet {
  existing(cloud.networks, request.networkId, "Network");
  const range = cidrRange(request.cidr);
  for (const other of cloud.subnets.values())
    if (other.networkId === request.networkId && rangesOverlap(cidrRange(other.cidr), range))
      throw badRequest(`Requested subnet with cidr ${request.cidr} overlaps with another subnet of the network.`);
  for (const pool of request.pools) {
    if (!inRange(range, pool.start) || !inRange(range, pool.end))
      throw badRequest(`The allocation pool ${pool.start}-${pool.end} spans beyond the subnet cidr ${request.cidr}.`);
    const pooled = { first: addressNumber(pool.start), last: addressNumber(pool.end) };
    if (request.gateway !== undefined && inRange(pooled, request.gateway))
      throw conflict(`Gateway ip ${request.gateway} conflicts with allocation pool ${pool.start}-${pool.end}.`);
  }
  if (request.gateway !== undefined && !inRange(range, request.gateway))
    throw badRequest(`Gateway ${request.gateway} is not valid on subnet ${request.cidr}.`);
  const subnet = { id: randomUUID(), ...request };
  cloud.subnets.set(subnet.id, subnet);
  return subnet;
}

function addressesIn(cloud: Cloud, subnetId: string): Set<string> {
  const all = [...cloud.ports.values()].flatMap((port) => port.fixedIps);
  return new Set(all.filter((ip) => ip.subnetId === subnetId).map((ip) => ip.address));
}

export function deleteSubnet(cloud: Cloud, id: string): void {
  existing(cloud.subnets, id, "Subnet");
  if (addressesIn(cloud, id).size > 0)
    throw conflict(`Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from it.`);
  cloud.subnets.delete(id);
}

function freeAddress(cloud: Cloud, subnet: Subnet): string {
  const taken = addressesIn(cloud, subnet.id);
  for (const pool of subnet.pools)
    for (let value = addressNumber(pool.start); value <= addressNumber(pool.end); value += 1)
      if (!taken.has(addressText(value))) return addressText(value);
  throw conflict(`No more IP addresses available on subnet ${subnet.id}.`);
}

export interface FixedIpRequest {
  readonly subnetId: string;
  readonly address: string | undefined;
}

function fixedIp(cloud: Cloud, networkId: string, request: FixedIpRequest): FixedIp {
  const subnet = existing(cloud.subnets, request.subnetId, "Subnet");
  if (subnet.networkId !== networkId)
    throw badRequest(`Invalid input for operation: subnet ${subnet.id} is not on network ${networkId}.`);
  if (request.address === undefined) return { subnetId: subnet.id, address: freeAddress(cloud, subnet) };
  if (!inRange(cidrRange(subnet.cidr), request.address))
    throw badRequest(`IP address ${request.address} is not a valid IP for the specified subnet ${subnet.cidr}.`);
  if (addressesIn(cloud, subnet.id).has(request.address))
    throw conflict(`IP address ${request.address} already allocated in subnet ${subnet.id}.`);
  return { subnetId: subnet.id, address: request.address };
}

/** The addresses that a port gets: those asked for, else one of the network's first subnet. */
export function allocate(cloud: Cloud, networkId: string, requests: readonly FixedIpRequest[]): FixedIp[] {
  const first = [...cloud.subnets.values()].find((subnet) => subnet.networkId === networkId);
  if (requests.length === 0)
    return first === undefined ? [] : [fixedIp(cloud, networkId, { subnetId: first.id, address: undefined })];
  return requests.map((request) => fixedIp(cloud, networkId, request));
}

export interface PortRequest {
  readonly name: string;
  readonly networkId: string;
  readonly fixedIps: readonly FixedIpRequest[];
  readonly securityGroupIds: readonly string[];
  readonly allowedAddresses: readonly string[];
}

function checkGroups(cloud: Cloud, ids: readonly string[]): void {
  for (const id of ids) existing(cloud.securityGroups, id, "Security group");
}

export function createPort(cloud: Cloud, request: PortRequest): Port {
  existing(cloud.networks, request.networkId, "Network");
  checkGroups(cloud, request.securityGroupIds);
  const tail = randomBytes(3).toString("hex").match(/../g) ?? [];
  const port: Port = {
    id: randomUUID(),
    ...request,
    fixedIps: allocate(cloud, request.networkId, request.fixedIps),
    macAddress: ["fa", "16", "3e", ...tail].join(":"),
    owner: undefined,
  };
  cloud.ports.set(port.id, port);
  return port;
}

export function updatePort(cloud: Cloud, id: string, request: PortRequest): Port {
  const port = existing(cloud.ports, id, "Port");
  checkGroups(cloud, request.securityGroupIds);
  const wanted = JSON.stringify(request.fixedIps.map((ip) => [ip.subnetId, ip.address]));
  if (request.fixedIps.length > 0 && wanted !== JSON.stringify(port.fixedIps.map((ip) => [ip.subnetId, ip.address]))) {
    cloud.ports.delete(id);
    port.fixedIps = allocate(cloud, port.networkId, request.fixedIps);
    cloud.ports.set(id, port);
  }
  port.securityGroupIds = request.securityGroupIds;
  port.allowedAddresses = request.allowedAddresses;
  return port;
}

export function deletePort(cloud: Cloud, id: string): void {
  const port = existing(cloud.ports, id, "Port");
  if (port.owner?.startsWith("router:"))
    throw conflict(
      `Port ${id} cannot be deleted directly via the port API: has device owner network:router_interface.`,
    );
  for (const floating of cloud.floatingIps.values()) {
    if ([...floating.forwards.values()].some((forward) => forward.internalPortId === id))
      throw conflict(`Port ${id} is used by a port forwarding of floating IP ${floating.address}.`);
    // Neutron disassociates silently.
    if (floating.portId === id) floating.portId = undefined;
  }
  cloud.ports.delete(id);
}
