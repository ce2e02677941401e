import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import type { Settings } from "../../settings/settings.ts";
import type { Resizing, Site } from "../site.ts";
import { FloatingAddress } from "./floating-address.ts";
import { type Foundation, layFoundation } from "./foundation.ts";
import { type HostInstance, makeBastion, makeHosts } from "./hosts.ts";
import { type ForwardTarget, PortForwards } from "./port-forwards.ts";
import { planSite } from "./site-plan.ts";

export interface OpenstackSiteOptions {
  /** What is done around a resize of a host. Default: nothing. */
  readonly resizing?: Resizing;
}

/**
 * Networks, routers, security groups and instances of an OpenStack project, all named `<stack>-…` and marked
 * `grappe:<stack>`. The bastion is the only way in by SSH; its host key and the hosts' are known before they boot.
 *
 * @throws RunError, before anything is registered, for settings that no network can follow; and if the cloud can't be asked
 */
export async function openstackSite(settings: Settings, options: OpenstackSiteOptions = {}): Promise<Site> {
  const { site } = settings;
  assert(site.kind === "openstack", `not an OpenStack site: ${site.kind}`);
  const plan = planSite(settings, site);
  const foundation = await layFoundation(settings, plan);
  const bastion = makeBastion(foundation, settings);
  const hosts = makeHosts(foundation, settings, bastion, options.resizing);
  const published = publish(foundation, hosts);
  return {
    hosts: hosts.map(({ host }) => host),
    loadBalancerPool: site.loadBalancerPool,
    loadBalancerSubnet: plan.virtual.poolSubnet?.cidr,
    // Neutron gave them out.
    virtualAddresses: [],
    apiAddress: settings.apiAddress,
    apiAddressIsVirtual: plan.virtual.api !== undefined,
    apiPublicAddress: published.api?.address,
    publicAddress: published.ingress?.address,
    onJoined: (host, membership) => foundation.turns.settle(host, membership),
    // Only another region or name in Pulumi replaces a network: it goes when the whole site goes.
    anchor: foundation.network.networks.values().next().value,
  };
}

/** Floating IPs of the API and the ingress, and the port forwards. */
function publish(foundation: Foundation, hosts: readonly HostInstance[]) {
  const { mark, plan, routing, catalogue, opts } = foundation;
  const { api, ingress, forwards } = plan.published;
  const common = { mark, pool: catalogue.externalNetworkName, externalInterfaces: routing.externalInterfaces };
  const target = (address: string) => targetAt(foundation, hosts, address);
  const floating = (name: string, address: string) =>
    new FloatingAddress(name, { ...common, portId: target(address).portId }, opts);
  if (forwards.length > 0) new PortForwards("port-forwards", { ...common, forwards, target }, opts);
  return {
    api: api === undefined ? undefined : floating("api-public", api),
    ingress: ingress === undefined ? undefined : floating("ingress-public", ingress),
  };
}

/** The port behind an address: a virtual one's, or a host's. */
function targetAt({ virtualAddresses }: Foundation, hosts: readonly HostInstance[], address: string): ForwardTarget {
  const port =
    virtualAddresses.port(address) ?? hosts.find(({ host }) => host.privateAddress === address)?.instance.port;
  if (port === undefined) {
    throw new RunError(
      `grappe:site: nothing of the site has the address ${address}. Fix: write the private address of a host, the API's address or ` +
        "one of the load balancer's pool.",
    );
  }
  return { portId: port.id, address };
}
