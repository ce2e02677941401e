import { nodePorts } from "../../settings/node-ports.ts";
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
const bastion: Source = { group: "bastion" };
const from = (cidrs: readonly string[]): Source[] => cidrs.map((cidr) => ({ cidr }));

const sshPort = 22;
const apiPort = 6443;

/** The rules that what is deployed needs, each once. */
export function securityRules(deployed: Deployed): SecurityRule[] {
  const rules = [
    ...administration(deployed.site),
    ...api(deployed),
    ...amongNodes(deployed),
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

/** Who else than nodes asks for the API. */
function api({ site }: Deployed): SecurityRule[] {
  const administrators = site.floatingIps.api ? from(site.adminCidrs) : [];
  return open("servers", "tcp", [apiPort, apiPort], [bastion, ...administrators]);
}

function amongNodes({ site, cluster, platform, apiAddressIsVirtual }: Deployed): SecurityRule[] {
  const { loadBalancerPool } = site;
  const deployed = { cluster, platform, servers: site.servers.count, apiAddressIsVirtual, loadBalancerPool };
  return nodePorts(deployed).flatMap(({ to, from: group, protocol, ports }) => open(to, protocol, ports, [{ group }]));
}

function platformParts({ platform }: Deployed): SecurityRule[] {
  const nfs = platform.storage.nfs;
  return nfs?.kind === "server" ? open("nodes", "tcp", [2049, 2049], [nodes, ...from(nfs.allowedCidrs)]) : [];
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
