import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { openstackAddresses } from "../../settings/allocation/openstack-addresses.ts";
import type { OpenstackSite } from "../../settings/schema/openstack-site.ts";
import type { Mark } from "./mark.ts";
import { subnetNamed, type Topology } from "./topology.ts";

export interface NetworkArgs {
  readonly mark: Mark;
  readonly site: OpenstackSite;
  readonly topology: Topology;
}

/** The site's networks and subnets, with DHCP that leaves room for hosts and virtual addresses. */
export class Network extends pulumi.ComponentResource {
  readonly networks: ReadonlyMap<string, openstack.networking.Network>;
  readonly subnets: ReadonlyMap<string, openstack.networking.Subnet>;

  constructor(name: string, args: NetworkArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:openstack:Network", name, {}, opts);
    const { mark, topology, site } = args;
    const { allocationPools } = openstackAddresses(site);
    this.networks = new Map(
      site.networks.map((network) => [
        network.name,
        new openstack.networking.Network(
          `${name}-${network.name}`,
          { name: mark.name(network.name), description: mark.description, mtu: network.mtu, tags: mark.tags },
          { parent: this, deleteBeforeReplace: true },
        ),
      ]),
    );
    this.subnets = new Map(
      topology.subnets.map((subnet) => [
        subnet.name,
        new openstack.networking.Subnet(
          `${name}-${subnet.network}-${subnet.name}`,
          {
            networkId: this.network(subnet.network).id,
            name: mark.name(subnet.name),
            description: mark.description,
            cidr: subnet.cidr,
            ipVersion: 4,
            gatewayIp: subnet.gateway,
            dnsNameservers: [...subnet.dnsNameservers],
            allocationPools: (allocationPools[subnet.name] ?? []).map(({ start, end }) => ({ start, end })),
            tags: mark.tags,
          },
          // A network refuses a second subnet of the same range.
          { parent: this, deleteBeforeReplace: true },
        ),
      ]),
    );
    this.registerOutputs();
  }

  network(name: string): openstack.networking.Network {
    return found(this.networks, name, "network");
  }

  subnet(name: string): openstack.networking.Subnet {
    return found(this.subnets, name, "subnet");
  }

  /** Where a port in a subnet lies: ids of its network and of the subnet itself. */
  place(topology: Topology, subnet: string): { networkId: pulumi.Output<string>; subnetId: pulumi.Output<string> } {
    return {
      networkId: this.network(subnetNamed(topology.subnets, subnet).network).id,
      subnetId: this.subnet(subnet).id,
    };
  }
}

function found<T>(all: ReadonlyMap<string, T>, name: string, kind: string): T {
  const one = all.get(name);
  if (one === undefined) {
    const names = [...all.keys()].join(", ");
    throw new pulumi.RunError(`grappe:site.networks: there is no ${kind} "${name}". Write one of: ${names}.`);
  }
  return one;
}
