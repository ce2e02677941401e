import type { ClusterSettings } from "../../settings/schema/cluster.ts";
import type { OpenstackSite } from "../../settings/schema/openstack-site.ts";
import type { PlatformSettings } from "../../settings/schema/platform.ts";

/** Every node is in `nodes`, servers also in `servers`; the bastion only in `bastion`. */
export const securityGroups = ["nodes", "servers", "bastion"] as const;
export type SecurityGroup = (typeof securityGroups)[number];

/** What may come in. All that isn't in a rule is dropped by Neutron. */
export interface SecurityRule {
  readonly group: SecurityGroup;
  readonly protocol: "tcp" | "udp" | "icmp" | "vrrp" | "any";
  /** First and last port, of tcp and udp only. */
  readonly ports?: readonly [from: number, to: number];
  /** From members of a group (their allowed address pairs included), or from a network. */
  readonly source: { readonly group: SecurityGroup } | { readonly cidr: string };
}

/** What is deployed, as far as ports follow from it. */
export interface Deployed {
  readonly site: OpenstackSite;
  readonly cluster: ClusterSettings;
  readonly platform: PlatformSettings;
  readonly apiAddressIsVirtual: boolean;
}

type Source = SecurityRule["source"];
const nodes: Source = { group: "nodes" };
const servers: Source = { group: "servers" };
const bastion: Source = { group: "bastion" };
const from = (cidrs: readonly string[]): Source[] => cidrs.map((cidr) => ({ cidr }));

const sshPort = 22;
const apiPort = 6443;

/** The rules that what is deployed needs, each once. */
export function securityRules(deployed: Deployed): SecurityRule[] {
  const rules = [
    ...administration(deployed.site),
    ...controlPlane(deployed),
    ...open("nodes", "tcp", [10250, 10250], [nodes]),
    ...podNetwork(deployed.cluster),
    ...platformParts(deployed),
    ...published(deployed),
  ];
  return [...new Map(rules.map((rule) => [ruleName(rule), rule])).values()];
}

/** What a rule says, as a name: the same rule has the same name, whatever else changes. */
export function ruleName({ group, protocol, ports, source }: SecurityRule): string {
  const range = ports === undefined ? [] : [ports[0] === ports[1] ? `${ports[0]}` : `${ports[0]}-${ports[1]}`];
  const origin = "group" in source ? source.group : source.cidr.replace("/", "-");
  return [group, protocol, ...range, "from", origin].join("-");
}

function open(
  group: SecurityGroup,
  protocol: SecurityRule["protocol"],
  ports: readonly [number, number] | undefined,
  sources: readonly Source[],
): SecurityRule[] {
  return sources.map((source) => ({ group, protocol, ...(ports === undefined ? {} : { ports }), source }));
}

/** SSH: administrators to the bastion, the bastion to the nodes, nobody else. */
function administration({ adminCidrs }: OpenstackSite): SecurityRule[] {
  const ssh = [sshPort, sshPort] as const;
  return [
    ...open("bastion", "tcp", ssh, from(adminCidrs)),
    ...open("bastion", "icmp", undefined, from(adminCidrs)),
    ...open("nodes", "tcp", ssh, [bastion]),
    ...open("nodes", "icmp", undefined, [nodes, bastion, ...from(adminCidrs)]),
  ];
}

function controlPlane({ site, apiAddressIsVirtual }: Deployed): SecurityRule[] {
  const administrators = site.floatingIps.api ? from(site.adminCidrs) : [];
  return [
    ...open("servers", "tcp", [apiPort, apiPort], [nodes, bastion, ...administrators]),
    ...(site.servers.count > 1 ? open("servers", "tcp", [2379, 2380], [servers]) : []),
    ...(apiAddressIsVirtual ? open("servers", "vrrp", undefined, [servers]) : []),
  ];
}

function podNetwork({ cni, flannelBackend }: ClusterSettings): SecurityRule[] {
  if (cni === "calico") {
    // VXLAN, Typha, and BGP for where an operator switches the encapsulation off.
    return [
      ...open("nodes", "udp", [4789, 4789], [nodes]),
      ...open("nodes", "tcp", [5473, 5473], [nodes]),
      ...open("nodes", "tcp", [179, 179], [nodes]),
    ];
  }
  if (cni === "flannel" && flannelBackend === "vxlan") return open("nodes", "udp", [8472, 8472], [nodes]);
  if (cni === "flannel" && flannelBackend === "wireguard-native") return open("nodes", "udp", [51820, 51820], [nodes]);
  // Pods' packets travel as they are; their addresses are the nodes' allowed address pairs.
  return open("nodes", "any", undefined, [nodes]);
}

function platformParts({ site, platform }: Deployed): SecurityRule[] {
  const memberlist = platform.loadBalancer === "metallb" && site.loadBalancerPool.length > 0;
  const nfs = platform.storage.nfs;
  return [
    ...(memberlist ? (["tcp", "udp"] as const).flatMap((each) => open("nodes", each, [7946, 7946], [nodes])) : []),
    ...(nfs?.kind === "server" ? open("nodes", "tcp", [2049, 2049], [nodes, ...from(nfs.allowedCidrs)]) : []),
  ];
}

/** What is meant for others: the ingress, port forwards, further open ports. */
function published({ site, platform }: Deployed): SecurityRule[] {
  const everybody = from(site.ingressCidrs);
  const ingress = platform.ingress === undefined ? [] : [80, 443];
  return [
    ...ingress.flatMap((port) => open("nodes", "tcp", [port, port], [nodes, ...everybody])),
    ...site.portForwards.flatMap(({ protocol, internalPort }) => {
      // A forwarded SSH or API is still the administrators' alone.
      const administrative = internalPort === sshPort || internalPort === apiPort;
      return open("nodes", protocol, [internalPort, internalPort], administrative ? from(site.adminCidrs) : everybody);
    }),
    ...site.openPorts.flatMap(({ protocol, from: first, to, cidr }) =>
      open("nodes", protocol, [first, to], from([cidr])),
    ),
  ];
}
