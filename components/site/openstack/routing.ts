import assert from "node:assert/strict";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { Mark } from "./mark.ts";
import type { Network } from "./network.ts";
import { nextHopSubnet, type StaticRoute } from "./static-routes.ts";
import { type Leg, type Router, subnetNamed, type Topology } from "./topology.ts";

export interface RoutingArgs {
  readonly mark: Mark;
  readonly topology: Topology;
  readonly routes: readonly StaticRoute[];
  readonly network: Network;
  /** Id of the provider's external network. */
  readonly externalNetworkId: pulumi.Input<string>;
}

type Interface = openstack.networking.RouterInterface;

/**
 * Routers, their interfaces, and the static routes between them.
 *
 * Neutron refuses to remove an interface that a route leads over, or behind which an address has a floating IP: routes and
 * floating IPs depend on the interfaces, so that they come after them and go before them.
 */
export class Routing extends pulumi.ComponentResource {
  /** Interfaces of the routers that have the external network as gateway: floating IPs need them. */
  readonly externalInterfaces: readonly Interface[];
  /** All interfaces and routes: once they stand, every subnet reaches every other and the outside. */
  readonly paths: readonly pulumi.Resource[];

  constructor(name: string, args: RoutingArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:openstack:Routing", name, {}, opts);
    const { topology } = args;
    const routers = topology.routers.map((router) => {
      const resource = this.#router(name, args, router);
      return { router, resource, interfaces: this.#interfaces(name, args, router, resource) };
    });
    const routes = args.routes.map((route) => {
      const owner = routers.find(({ router }) => router.name === route.router);
      assert(owner !== undefined, `no router ${route.router}`);
      const hop = nextHopSubnet(topology, route);
      const hopInterfaces = routers.flatMap(({ interfaces }) => interfaces.get(hop) ?? []);
      return new openstack.networking.RouterRoute(
        `${name}-${route.router}-to-${route.destination.replace("/", "-")}`,
        { routerId: owner.resource.id, destinationCidr: route.destination, nextHop: route.nextHop },
        {
          parent: this,
          // A router has one route for a destination and hop: the new one would be found there, and the old one's deletion takes it.
          deleteBeforeReplace: true,
          dependsOn: hopInterfaces,
          // The interface takes its routes with it (forceDestroy): the provider fails to delete a route that is gone already.
          deletedWith: owner.interfaces.get(hop),
        },
      );
    });
    const interfaces = routers.flatMap((each) => [...each.interfaces.values()]);
    this.externalInterfaces = routers
      .filter(({ router }) => router.external)
      .flatMap((each) => [...each.interfaces.values()]);
    this.paths = [...interfaces, ...routes];
    this.registerOutputs();
  }

  #router(name: string, { mark, externalNetworkId }: RoutingArgs, router: Router): openstack.networking.Router {
    return new openstack.networking.Router(
      `${name}-${router.name}`,
      {
        name: mark.name(router.name),
        description: mark.description,
        ...(router.external ? { externalNetworkId } : {}),
        tags: mark.tags,
      },
      { parent: this, deleteBeforeReplace: true },
    );
  }

  /** By subnet; one after another, as each changes the same router. */
  #interfaces(
    name: string,
    args: RoutingArgs,
    router: Router,
    resource: openstack.networking.Router,
  ): Map<string, Interface> {
    const interfaces = new Map<string, Interface>();
    for (const leg of router.legs) {
      const interfaceName = `${name}-${router.name}-${leg.subnet}`;
      interfaces.set(
        leg.subnet,
        new openstack.networking.RouterInterface(
          interfaceName,
          { routerId: resource.id, ...this.#place(interfaceName, args, leg), forceDestroy: true },
          { parent: this, deleteBeforeReplace: true, dependsOn: [...interfaces.values()] },
        ),
      );
    }
    return interfaces;
  }

  /** At the subnet's gateway by the subnet alone; at any other address by a port of its own. */
  #place(name: string, { mark, topology, network }: RoutingArgs, leg: Leg) {
    if (leg.address === subnetNamed(topology.subnets, leg.subnet).gateway) {
      return { subnetId: network.subnet(leg.subnet).id };
    }
    const { networkId, subnetId } = network.place(topology, leg.subnet);
    const port = new openstack.networking.Port(
      `${name}-port`,
      {
        name: mark.name(`${name}-port`),
        description: mark.description,
        networkId,
        fixedIps: [{ subnetId, ipAddress: leg.address }],
        tags: mark.tags,
      },
      // The address can be given only once.
      { parent: this, deleteBeforeReplace: true },
    );
    return { portId: port.id };
  }
}
