import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { FloatingAddress, type FloatingAddressArgs } from "./floating-address.ts";
import type { ForwardPlan } from "./site-plan.ts";

/** Where a port forward leads: a port and the address at it. */
export interface ForwardTarget {
  readonly portId: pulumi.Output<string>;
  readonly address: string;
}

export interface PortForwardsArgs extends Omit<FloatingAddressArgs, "portId"> {
  readonly forwards: readonly ForwardPlan[];
  /** The port behind an address. */
  readonly target: (address: string) => ForwardTarget;
}

/** One public address whose ports each lead to a host or a virtual address. */
export class PortForwards extends pulumi.ComponentResource {
  readonly address: pulumi.Output<string>;

  constructor(name: string, args: PortForwardsArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:openstack:PortForwards", name, {}, opts);
    const { forwards, target, ...address } = args;
    const { floatingIp } = new FloatingAddress(`${name}-public`, address, { parent: this });
    for (const forward of forwards) {
      const { portId, address } = target(forward.address);
      new openstack.networking.PortForwardingV2(
        `${name}-${forward.protocol}-${forward.externalPort}`,
        {
          floatingipId: floatingIp.id,
          externalPort: forward.externalPort,
          protocol: forward.protocol,
          internalPortId: portId,
          internalIpAddress: address,
          internalPort: forward.internalPort,
          description: args.mark.description,
        },
        // An external port leads to one place only.
        { parent: this, deleteBeforeReplace: true },
      );
    }
    this.address = floatingIp.address;
    this.registerOutputs({ address: this.address });
  }
}
