import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import { allocatesPodSubnets } from "../../cluster/cni/manifests.ts";
import { openstackAddresses } from "../../settings/allocation/openstack-addresses.ts";
import type { OpenstackSite } from "../../settings/schema/openstack-site.ts";
import type { HostPlan, Settings } from "../../settings/settings.ts";
import type { MachineType } from "./instance.ts";
import { type SecurityRule, securityRules } from "./security-rules.ts";
import { podRoutes, type StaticRoute, staticRoutes } from "./static-routes.ts";
import { externalSubnets, type Topology, topologyOf } from "./topology.ts";
import { allowedAddresses, subnetOf, type VirtualAddressPlan, virtualAddressPlan } from "./virtual-address-plan.ts";

/** A host as OpenStack must make it. */
export interface InstancePlan {
  readonly host: HostPlan;
  readonly machine: MachineType;
  /** Its pool; none for a server. */
  readonly pool?: string;
  /** Name of its subnet. */
  readonly subnet: string;
  readonly allowedAddresses: readonly string[];
}

/** A port forward, with the address that it leads to. */
export interface ForwardPlan {
  readonly externalPort: number;
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly internalPort: number;
}

/** All that is known of the site before the cloud is asked. */
export interface SitePlan {
  readonly site: OpenstackSite;
  readonly topology: Topology;
  readonly routes: readonly StaticRoute[];
  readonly rules: readonly SecurityRule[];
  readonly virtual: VirtualAddressPlan;
  readonly instances: readonly InstancePlan[];
  readonly bastion: { readonly address: string; readonly subnet: string };
  /** Addresses that get a floating IP, and what leads to them from outside. */
  readonly published: { readonly api?: string; readonly ingress?: string; readonly forwards: readonly ForwardPlan[] };
}

/**
 * Plans the site; registers nothing.
 *
 * @throws RunError for a router without a way, an address in no subnet, too many address pairs for a port, or a floating IP for
 *   an address that isn't at the external router
 */
export function planSite(settings: Settings, site: OpenstackSite): SitePlan {
  const topology = topologyOf(site);
  const virtual = virtualAddressPlan({ site, platform: settings.platform, subnets: topology.subnets });
  const { bastion } = openstackAddresses(site);
  requireExternal(topology, bastion.address, "grappe:site.bastion.subnet");
  return {
    site,
    topology,
    virtual,
    routes: [
      ...staticRoutes(topology),
      ...(allocatesPodSubnets(settings.cluster) ? podRoutes(topology, settings.hosts) : []),
    ],
    rules: securityRules({ ...settings, site, apiAddressIsVirtual: virtual.api !== undefined }),
    instances: settings.hosts.map((host) => planInstance(settings, site, topology, virtual, host)),
    bastion,
    published: planPublished(settings, site, topology, virtual),
  };
}

function planInstance(
  { cluster }: Settings,
  site: OpenstackSite,
  topology: Topology,
  virtual: VirtualAddressPlan,
  host: HostPlan,
): InstancePlan {
  const subnet = subnetOf(topology.subnets, host.privateAddress).name;
  const allowed = allowedAddresses(host, virtual, cluster);
  if (host.role === "server") return { host, machine: site.servers, subnet, allowedAddresses: allowed };
  const agent = openstackAddresses(site).agents.find(({ name }) => name === host.name);
  const machine = site.agentPools.find(({ name }) => name === agent?.pool);
  assert(machine !== undefined, `${host.name} is in no pool of agents`);
  return { host, machine, pool: machine.name, subnet, allowedAddresses: allowed };
}

function planPublished(
  { hosts, apiAddress }: Settings,
  site: OpenstackSite,
  topology: Topology,
  virtual: VirtualAddressPlan,
): SitePlan["published"] {
  const api = site.floatingIps.api ? apiAddress : undefined;
  const ingress = site.floatingIps.ingress ? virtual.ingress : undefined;
  if (api !== undefined) requireExternal(topology, api, "grappe:site.floatingIps.api");
  if (ingress !== undefined) requireExternal(topology, ingress, "grappe:site.floatingIps.ingress");
  const forwards = site.portForwards.map(({ externalPort, protocol, host, address: given, internalPort }) => {
    const path = `grappe:site.portForwards (${protocol} ${externalPort})`;
    const address = given ?? hosts.find(({ name }) => name === host)?.privateAddress;
    if (address === undefined) {
      const names = hosts.map(({ name }) => name).join(", ");
      throw new RunError(
        `${path}: there is no host "${host ?? ""}". Give an \`address\`, or one of the hosts: ${names}.`,
      );
    }
    requireExternal(topology, address, path);
    return { externalPort, protocol, address, internalPort };
  });
  return { api, ingress, forwards };
}

/** Refuses a floating IP for an address that the external router doesn't see. */
function requireExternal(topology: Topology, address: string, path: string): void {
  const { name } = subnetOf(topology.subnets, address);
  const external = externalSubnets(topology);
  if (external.has(name)) return;
  throw new RunError(
    `${path}: ${address} lies in subnet "${name}", which isn't at the external router, so it can have no floating IP. ` +
      `Take an address of: ${[...external].join(", ")}.`,
  );
}
