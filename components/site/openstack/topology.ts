import { RunError } from "@pulumi/pulumi";
import { gatewayOf } from "../../settings/allocation/openstack-addresses.ts";
import type { OpenstackSite } from "../../settings/schema/openstack-site.ts";

/** A subnet, with its gateway settled. */
export interface Subnet {
  readonly name: string;
  readonly network: string;
  readonly cidr: string;
  readonly gateway: string;
  readonly dnsNameservers: readonly string[];
}

/** A router's leg in a subnet, with its address settled. */
export interface Leg {
  readonly subnet: string;
  readonly address: string;
}

export interface Router {
  readonly name: string;
  readonly external: boolean;
  readonly legs: readonly Leg[];
}

/** The site's networks as the settings plan them, every default settled. */
export interface Topology {
  readonly subnets: readonly Subnet[];
  readonly routers: readonly Router[];
}

/** Settles gateways (default: the first address) and router addresses (default: the subnet's gateway). */
export function topologyOf(site: Pick<OpenstackSite, "networks" | "routers">): Topology {
  const subnets = site.networks.flatMap((network) =>
    network.subnets.map((subnet) => ({
      name: subnet.name,
      network: network.name,
      cidr: subnet.cidr,
      gateway: gatewayOf(subnet),
      dnsNameservers: subnet.dnsNameservers,
    })),
  );
  const routers = site.routers.map(({ name, external, interfaces }) => ({
    name,
    external,
    legs: interfaces.map(({ subnet, address }) => ({
      subnet,
      address: address ?? subnetNamed(subnets, subnet).gateway,
    })),
  }));
  return { subnets, routers };
}

export function subnetNamed(subnets: readonly Subnet[], name: string): Subnet {
  const subnet = subnets.find((candidate) => candidate.name === name);
  if (subnet === undefined) {
    throw new RunError(
      `grappe:site: no subnet has the name "${name}". Write one of: ${subnets.map((each) => each.name).join(", ")}.`,
    );
  }
  return subnet;
}

/** Names of the subnets that lie at the external router: only addresses in them can have a floating IP. */
export function externalSubnets({ routers }: Topology): ReadonlySet<string> {
  return new Set(routers.filter((router) => router.external).flatMap((router) => router.legs.map((leg) => leg.subnet)));
}
