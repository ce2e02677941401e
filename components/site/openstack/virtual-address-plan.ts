import { RunError } from "@pulumi/pulumi";
import { allocatesPodSubnets, cniManifest } from "../../cluster/cni/manifests.ts";
import { addressNumber, addressRange, contains, networkRange, type Range } from "../../settings/ipv4.ts";
import type { ClusterSettings } from "../../settings/schema/cluster.ts";
import type { OpenstackSite } from "../../settings/schema/openstack-site.ts";
import type { PlatformSettings } from "../../settings/schema/platform.ts";
import type { HostPlan } from "../../settings/settings.ts";
import { cidrCover } from "./cidr-cover.ts";
import type { Subnet } from "./topology.ts";

/** Neutron's default `max_allowed_address_pair`. */
const maxAddressPairs = 10;

/** The site's addresses that no machine owns: any of several machines may hold them. */
export interface VirtualAddressPlan {
  /** Of the API, where it is virtual. */
  readonly api?: string;
  /** Of the ingress, where there is one and a pool. */
  readonly ingress?: string;
  readonly pool: readonly Range[];
  /** Name and range of the subnet that the pool lies in. */
  readonly poolSubnet?: Subnet;
}

export interface VirtualAddressArgs {
  readonly site: OpenstackSite;
  readonly platform: PlatformSettings;
  readonly subnets: readonly Subnet[];
}

export function virtualAddressPlan({ site, platform, subnets }: VirtualAddressArgs): VirtualAddressPlan {
  const first = site.loadBalancerPool[0]?.split("-")[0];
  return {
    api: site.apiAddress,
    ingress: platform.ingress === undefined ? undefined : (platform.ingress.address ?? first),
    pool: site.loadBalancerPool.map(addressRange),
    poolSubnet: first === undefined ? undefined : subnetOf(subnets, first),
  };
}

/** The subnet that an address lies in. */
export function subnetOf(subnets: readonly Subnet[], address: string): Subnet {
  const subnet = subnets.find(({ cidr }) => contains(networkRange(cidr), address));
  if (subnet === undefined) {
    throw new RunError(
      `grappe:site: the address ${address} lies in no declared subnet. Take one from a subnet's range.`,
    );
  }
  return subnet;
}

/**
 * Addresses, as networks, that a host may use beside its own: the API address on servers, the load balancer pool on every node
 * of its subnet, and the pods' addresses where they travel without an overlay. Neutron drops all others.
 *
 * @throws RunError if they are more than Neutron takes for a port
 */
export function allowedAddresses(
  host: Pick<HostPlan, "name" | "role" | "subnet" | "podSubnet">,
  plan: VirtualAddressPlan,
  cluster: Pick<ClusterSettings, "cni" | "flannelBackend" | "podCidr">,
): string[] {
  const api = plan.api !== undefined && host.role === "server" ? [single(plan.api)] : [];
  const pool = plan.poolSubnet?.cidr === host.subnet ? plan.pool : [];
  // Neutron gives a single address back without its prefix.
  const virtual = cidrCover([...api, ...pool]).map((network) => network.replace(/\/32$/, ""));
  const networks = [...virtual, ...podAddresses(host, cluster)];
  if (networks.length > maxAddressPairs) {
    throw new RunError(
      `grappe:site.loadBalancerPool: it takes ${networks.length} allowed address pairs on ${host.name}, Neutron takes ` +
        `${maxAddressPairs}. Let the ranges begin and end at multiples of 8 or 16.`,
    );
  }
  return networks;
}

const single = (address: string): Range => ({ first: addressNumber(address), last: addressNumber(address) });

function podAddresses(
  host: Pick<HostPlan, "podSubnet">,
  cluster: Pick<ClusterSettings, "cni" | "flannelBackend" | "podCidr">,
): string[] {
  if (cniManifest(cluster.cni).packets(cluster) === "encapsulated") return [];
  // Else Kubernetes, not our allocator, chooses a node's subnet.
  return [allocatesPodSubnets(cluster) ? host.podSubnet : cluster.podCidr];
}
