import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings/settings.ts";
import { type Catalogue, readCatalogue } from "./catalogue.ts";
import { type Mark, markOf } from "./mark.ts";
import { Network } from "./network.ts";
import { openstackProvider } from "./provider.ts";
import { Routing } from "./routing.ts";
import { SecurityGroups } from "./security-groups.ts";
import { ServerGroups } from "./server-groups.ts";
import type { SitePlan } from "./site-plan.ts";
import { refuseToLoseCluster, standingServers } from "./standing.ts";
import { Turns } from "./turns.ts";
import { VirtualAddresses } from "./virtual-addresses.ts";

/** What the instances stand on. */
export interface Foundation {
  readonly mark: Mark;
  readonly plan: SitePlan;
  readonly catalogue: Catalogue;
  readonly network: Network;
  readonly routing: Routing;
  readonly securityGroups: SecurityGroups;
  readonly serverGroups: ServerGroups;
  readonly virtualAddresses: VirtualAddresses;
  readonly keyPair: openstack.compute.Keypair;
  readonly turns: Turns;
  /** Of everything on the site: the explicit provider. */
  readonly opts: { readonly provider: openstack.Provider };
}

/** Networks, routers, security groups, server groups, virtual addresses and the key pair. */
export async function layFoundation(settings: Settings, plan: SitePlan): Promise<Foundation> {
  const { site, topology, routes, rules } = plan;
  const mark = markOf(settings.stack);
  const opts = { provider: openstackProvider(site, settings.secrets.applicationCredentialSecret) };
  const catalogue = await readCatalogue(site, opts);
  const standing = await standingServers(plan, mark, opts);
  refuseToLoseCluster(standing, site.servers);
  const { externalNetworkId } = catalogue;
  const network = new Network("network", { mark, site, topology }, opts);
  return {
    mark,
    plan,
    catalogue,
    network,
    routing: new Routing("routing", { mark, topology, routes, network, externalNetworkId }, opts),
    securityGroups: new SecurityGroups("security", { mark, rules }, opts),
    serverGroups: new ServerGroups("spread", { mark, site }, opts),
    virtualAddresses: new VirtualAddresses(
      "virtual-address",
      { mark, topology, network, addresses: addressesToReserve(plan) },
      opts,
    ),
    keyPair: keyPair(mark, settings.sshPublicKey, opts),
    turns: new Turns(settings.hosts, new Set(standing.keys())),
    opts,
  };
}

/** The virtual addresses that something leads to, by what they are for. */
function addressesToReserve({ virtual, published, instances }: SitePlan): Readonly<Record<string, string>> {
  const hosts = new Set(instances.map(({ host }) => host.privateAddress));
  const forwarded = published.forwards.filter(({ address }) => !hosts.has(address));
  const purposes = new Map(forwarded.map(({ address }) => [address, address.replaceAll(".", "-")]));
  if (virtual.ingress !== undefined) purposes.set(virtual.ingress, "ingress");
  if (virtual.api !== undefined) purposes.set(virtual.api, "api");
  return Object.fromEntries([...purposes].map(([address, purpose]) => [purpose, address]));
}

function keyPair(mark: Mark, publicKey: string, opts: pulumi.CustomResourceOptions): openstack.compute.Keypair {
  // Its name can be given only once.
  const args = { name: mark.name("key"), publicKey };
  return new openstack.compute.Keypair("key-pair", args, { ...opts, deleteBeforeReplace: true });
}
