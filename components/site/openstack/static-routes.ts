import { RunError } from "@pulumi/pulumi";
import type { HostPlan } from "../../settings/settings.ts";
import type { Leg, Router, Topology } from "./topology.ts";
import { subnetOf } from "./virtual-address-plan.ts";

/** A route that a router needs beyond the subnets it has a leg in. */
export interface StaticRoute {
  readonly router: string;
  readonly destination: string;
  readonly nextHop: string;
}

/**
 * The static routes by which every subnet reaches every other and the outside: on each router one for each subnet it has no leg
 * in, over the fewest routers, and the default route toward the external router. Hosts need none: they send to
 * their gateway, which knows the rest.
 *
 * @throws RunError if a router has no way to a subnet
 */
export function staticRoutes(topology: Topology): StaticRoute[] {
  return topology.routers.flatMap((router) => {
    const foreign = topology.subnets.filter((subnet) => !router.legs.some((leg) => leg.subnet === subnet.name));
    const toSubnets = foreign.map((subnet) => ({
      router: router.name,
      destination: subnet.cidr,
      nextHop: nextHop(topology, router, `subnet ${subnet.name}`, (other) =>
        other.legs.some((leg) => leg.subnet === subnet.name),
      ),
    }));
    if (router.external || !topology.routers.some((other) => other.external)) return toSubnets;
    const outside = nextHop(topology, router, "the external router", (other) => other.external);
    return [...toSubnets, { router: router.name, destination: "0.0.0.0/0", nextHop: outside }];
  });
}

/** Where a node's pods are, as the routers need it. */
export type RoutedHost = Pick<HostPlan, "privateAddress" | "podSubnet">;

/**
 * The routes by which pods' packets pass between subnets without an overlay: on each router one for each node's pods, to the node
 * itself where the router has a leg in its subnet, else toward it. None where all nodes are neighbours.
 *
 * @throws RunError if a router has no way to a node's subnet
 */
export function podRoutes(topology: Topology, hosts: readonly RoutedHost[]): StaticRoute[] {
  const placed = hosts.map((host) => ({ ...host, subnet: subnetOf(topology.subnets, host.privateAddress).name }));
  if (new Set(placed.map(({ subnet }) => subnet)).size < 2) return [];
  return topology.routers.flatMap((router) =>
    placed.map(({ subnet, podSubnet, privateAddress }) => ({
      router: router.name,
      destination: podSubnet,
      nextHop: router.legs.some((leg) => leg.subnet === subnet)
        ? privateAddress
        : nextHop(topology, router, `subnet ${subnet}`, (other) => other.legs.some((leg) => leg.subnet === subnet)),
    })),
  );
}

/** Name of the subnet that the route's next hop lies in. */
export function nextHopSubnet(topology: Topology, route: StaticRoute): string {
  return subnetOf(topology.subnets, route.nextHop).name;
}

/** Breadth first, in the settings' order: the first hop of a shortest way from `start` to a router that is a goal. */
function nextHop(topology: Topology, start: Router, goal: string, isGoal: (router: Router) => boolean): string {
  const seen = new Set([start.name]);
  let frontier = neighbours(topology, start).map(({ router, leg }) => ({ router, firstHop: leg.address }));
  while (frontier.length > 0) {
    const found = frontier.find(({ router }) => isGoal(router));
    if (found !== undefined) return found.firstHop;
    for (const { router } of frontier) seen.add(router.name);
    frontier = frontier.flatMap(({ router, firstHop }) =>
      neighbours(topology, router)
        .filter((next) => !seen.has(next.router.name))
        .map((next) => ({ router: next.router, firstHop })),
    );
  }
  throw new RunError(
    `grappe:site.routers: router "${start.name}" has no way to ${goal}. ` +
      "Give it an interface in a subnet of a router that has one.",
  );
}

function neighbours(topology: Topology, router: Router): { router: Router; leg: Leg }[] {
  return router.legs.flatMap((own) =>
    topology.routers
      .filter((other) => other.name !== router.name)
      .flatMap((other) => other.legs.filter((leg) => leg.subnet === own.subnet).map((leg) => ({ router: other, leg }))),
  );
}
