import { allocatesPodSubnets } from "../../cluster/cni/manifests.ts";
import type { Problem } from "../problem.ts";
import type { ClusterSettings } from "../schema/cluster.ts";
import type { MachinesSite } from "../schema/machines-site.ts";
import type { Labels } from "../schema/node.ts";
import type { OpenstackSite } from "../schema/openstack-site.ts";
import type { SiteSettings } from "../schema/site.ts";
import { settingPath } from "../setting-path.ts";
import type { HostPlan } from "../settings.ts";
import { machineAddress } from "./machine-address.ts";
import { openstackAddresses, subnetsOf } from "./openstack-addresses.ts";
import { podSubnet } from "./pod-subnets.ts";

/** The hosts that a site's settings plan, servers first, in the order in which they join. */
export function hostPlans(site: SiteSettings, cluster: ClusterSettings): readonly HostPlan[] {
  return planHosts(site, cluster).hosts;
}

/** Like `hostPlans`, with what keeps a host from being planned as a problem. */
export function planHosts(
  site: SiteSettings,
  cluster: ClusterSettings,
): { readonly hosts: readonly HostPlan[]; readonly problems: readonly Problem[] } {
  const drafts = site.kind === "machines" ? machineDrafts(site) : openstackDrafts(site);
  const networks = site.kind === "machines" ? [site.network] : subnetsOf(site).map((subnet) => subnet.cidr);
  const problems: Problem[] = [];
  const hosts = drafts.map(({ plan, declaredPodSubnet, path }): HostPlan => {
    const pods = declaredPodSubnet ?? podSubnet(cluster.podCidr, networks, plan.privateAddress);
    if (pods === undefined && allocatesPodSubnets(cluster)) problems.push(noPodSubnet(path, plan.name));
    return {
      ...plan,
      labels: { ...plan.labels, "grappe.dev/subnet": plan.subnet.replace("/", "-") },
      podSubnet: pods ?? cluster.podCidr,
    };
  });
  return { hosts: hosts.toSorted((a, b) => rank(a) - rank(b)), problems };
}

interface Draft {
  readonly plan: Omit<HostPlan, "podSubnet">;
  readonly declaredPodSubnet?: string;
  readonly path: string;
}

const rank = (plan: HostPlan) => (plan.role === "server" ? 0 : 1);

function machineDrafts(site: MachinesSite): readonly Draft[] {
  return site.hosts.flatMap((machine, index) => {
    const privateAddress = machineAddress(machine);
    if (privateAddress === undefined) return [];
    const { name, role, architecture, labels, taints, failureDomain } = machine;
    const plan = { name, role, privateAddress, subnet: site.network, architecture, labels, taints, failureDomain };
    return [{ plan, declaredPodSubnet: machine.podSubnet, path: settingPath("site", ["hosts", index]) }];
  });
}

function openstackDrafts(site: OpenstackSite): readonly Draft[] {
  const cidrs = new Map(subnetsOf(site).map((subnet) => [subnet.name, subnet.cidr]));
  const { servers, agents } = openstackAddresses(site);
  const draft = (
    machine: { name: string; address: string; subnet: string },
    role: HostPlan["role"],
    type: OpenstackSite["servers"] | OpenstackSite["agentPools"][number],
    index: number,
    path: string,
  ): Draft => {
    const zone = type.availabilityZones[index % Math.max(1, type.availabilityZones.length)];
    const labels: Labels = type.labels;
    const plan = {
      name: machine.name,
      role,
      privateAddress: machine.address,
      subnet: cidrs.get(machine.subnet) ?? "",
      architecture: type.architecture,
      labels,
      taints: type.taints,
      failureDomain: zone,
    };
    return { plan, path };
  };
  return [
    ...servers.map((machine, index) => draft(machine, "server", site.servers, index, settingPath("site", ["servers"]))),
    ...site.agentPools.flatMap((pool, poolIndex) =>
      agents
        .filter((agent) => agent.pool === pool.name)
        .map((machine, index) => draft(machine, "agent", pool, index, settingPath("site", ["agentPools", poolIndex]))),
    ),
  ];
}

function noPodSubnet(path: string, name: string): Problem {
  return {
    path: `${path}.podSubnet`,
    reason: `can't be allocated for ${name}: grappe:cluster.podCidr has no place for every address of the nodes' network.`,
    fix: "Widen grappe:cluster.podCidr, narrow the network, or write every host's `podSubnet`.",
  };
}
