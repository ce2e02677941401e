import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { Mark } from "./mark.ts";

export interface FloatingAddressArgs {
  readonly mark: Mark;
  /** Name of the external network. */
  readonly pool: string;
  /** The port that it leads to; none for an address of port forwards. */
  readonly portId?: pulumi.Input<string>;
  /** The external routers' interfaces: they must stand first, and can only go afterwards. */
  readonly externalInterfaces: readonly pulumi.Resource[];
  /** What else must stand before the address leads anywhere. */
  readonly reachableAfter?: readonly pulumi.Resource[];
}

/** A public address. */
export class FloatingAddress extends pulumi.ComponentResource {
  readonly floatingIp: openstack.networking.FloatingIp;
  /** Known only once it leads to its port. */
  readonly address: pulumi.Output<string>;

  constructor(name: string, args: FloatingAddressArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:openstack:FloatingAddress", name, {}, opts);
    const { mark, pool, portId, externalInterfaces, reachableAfter = [] } = args;
    this.floatingIp = new openstack.networking.FloatingIp(
      `${name}-address`,
      { pool, description: `${mark.description}: ${name}`, tags: mark.tags },
      { parent: this, dependsOn: [...externalInterfaces] },
    );
    if (portId === undefined) {
      this.address = this.floatingIp.address;
    } else {
      const association = new openstack.networking.FloatingIpAssociate(
        `${name}-association`,
        { floatingIp: this.floatingIp.address, portId },
        {
          parent: this,
          dependsOn: [...externalInterfaces, ...reachableAfter],
          deleteBeforeReplace: true,
          // Neutron takes the association away with the address.
          deletedWith: this.floatingIp,
        },
      );
      this.address = association.floatingIp;
    }
    this.registerOutputs({ address: this.address });
  }
}
