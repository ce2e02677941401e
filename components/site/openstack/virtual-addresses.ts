import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { Mark } from "./mark.ts";
import type { Network } from "./network.ts";
import type { Topology } from "./topology.ts";
import { subnetOf } from "./virtual-address-plan.ts";

export interface VirtualAddressesArgs {
  readonly mark: Mark;
  readonly topology: Topology;
  readonly network: Network;
  /** The addresses, by what they are for (`api`, `ingress`, …). */
  readonly addresses: Readonly<Record<string, string>>;
}

/**
 * A port without a machine for each virtual address: Neutron gives the address to nobody else, and a floating IP can lead to
 * it. Whichever host holds the address answers for it, by its own port's allowed address pairs.
 */
export class VirtualAddresses extends pulumi.ComponentResource {
  readonly #ports: ReadonlyMap<string, openstack.networking.Port>;

  constructor(name: string, args: VirtualAddressesArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:openstack:VirtualAddresses", name, {}, opts);
    const { mark, topology, network, addresses } = args;
    this.#ports = new Map(
      Object.entries(addresses).map(([purpose, address]) => {
        const { networkId, subnetId } = network.place(topology, subnetOf(topology.subnets, address).name);
        const port = new openstack.networking.Port(
          `${name}-${purpose}`,
          {
            name: mark.name(`${name}-${purpose}`),
            description: mark.description,
            networkId,
            fixedIps: [{ subnetId, ipAddress: address }],
            // Nothing is ever plugged in here; what may pass is said at the hosts' ports.
            noSecurityGroups: true,
            tags: mark.tags,
          },
          // The address can be given only once.
          { parent: this, deleteBeforeReplace: true },
        );
        return [address, port];
      }),
    );
    this.registerOutputs();
  }

  /** The port that reserves an address, where there is one. */
  port(address: string): openstack.networking.Port | undefined {
    return this.#ports.get(address);
  }
}
