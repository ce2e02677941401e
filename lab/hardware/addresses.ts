import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { RunError } from "@pulumi/pulumi/errors.js";

/** A network of a lab: a /24 whose first address is this computer's and whose others go to hosts and services. */
export interface LabNetwork {
  /** Such as `10.214.7.0/24`. */
  readonly subnet: string;
  /** This computer's address in it. */
  readonly gateway: string;
}

export interface LabNetworks {
  /** SSH from this computer, and the way out to the internet: the hosts' default route. */
  readonly admin: LabNetwork;
  /** The declared subnet: node addresses, the API address, load balancers. No way out. */
  readonly cluster: LabNetwork;
}

/** Where a host stands in the lab's networks; it keeps its slot as long as it lives. */
export interface HostAddresses {
  readonly slot: number;
  readonly adminAddress: string;
  readonly clusterAddress: string;
}

/** Slot 0 is address .11; .200 and up belong to load balancers. */
const firstHost = 11;
const firstService = 200;
const lastService = 239;
const apiHost = 5;

/** The `n`th address of a /24 such as `10.214.7.0/24`. */
export function addressIn(subnet: string, n: number): string {
  const prefix = subnet.match(/^((?:\d{1,3}\.){3})0\/24$/)?.[1];
  assert(prefix !== undefined, `${subnet} is no network of a lab: it must be a /24, such as 10.214.7.0/24.`);
  return `${prefix}${n}`;
}

const network = (subnet: string): LabNetwork => ({ subnet, gateway: addressIn(subnet, 1) });

/** The networks of given subnets. */
export function labNetworks(subnets: { readonly admin: string; readonly cluster: string }): LabNetworks {
  assert(subnets.admin !== subnets.cluster, `A lab's two networks are both ${subnets.admin}: give it two.`);
  return { admin: network(subnets.admin), cluster: network(subnets.cluster) };
}

/** The networks that a lab has unless it is given others; they follow from its name, so that labs live side by side. */
export function defaultNetworks(lab: string): LabNetworks {
  const octet = createHash("sha256").update(lab).digest()[0] ?? 0;
  return labNetworks({ admin: `10.213.${octet}.0/24`, cluster: `10.214.${octet}.0/24` });
}

/** Addresses of the cluster's network that no host takes: the stable API address, and the range for load balancers. */
export function serviceAddresses(networks: LabNetworks): { readonly api: string; readonly pool: string } {
  const { subnet } = networks.cluster;
  return {
    api: addressIn(subnet, apiHost),
    pool: `${addressIn(subnet, firstService)}-${addressIn(subnet, lastService)}`,
  };
}

/** The addresses that belong to a slot. */
export function addressesOf(networks: LabNetworks, slot: number): HostAddresses {
  return {
    slot,
    adminAddress: addressIn(networks.admin.subnet, firstHost + slot),
    clusterAddress: addressIn(networks.cluster.subnet, firstHost + slot),
  };
}

/** Gives every wanted host a slot: those that have one keep it, the others take the lowest free ones, in order. */
export function allocateSlots(
  wanted: readonly string[],
  taken: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const used = new Set(taken.values());
  const slots = new Map<string, number>();
  let next = 0;
  for (const name of wanted) {
    assert(!slots.has(name), `Two hosts of the lab are named ${name}.`);
    let slot = taken.get(name);
    if (slot === undefined) {
      while (used.has(next)) next += 1;
      slot = next;
      used.add(slot);
    }
    if (firstHost + slot >= firstService)
      throw new RunError(`A lab holds at most ${firstService - firstHost} hosts. Fix: fewer --servers or --agents.`);
    slots.set(name, slot);
  }
  return slots;
}
