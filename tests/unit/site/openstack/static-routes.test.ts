import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  nextHopSubnet,
  podRoutes,
  type StaticRoute,
  staticRoutes,
} from "../../../../components/site/openstack/static-routes.ts";
import type { Topology } from "../../../../components/site/openstack/topology.ts";

const subnet = (index: number) => ({
  name: `subnet-${index}`,
  network: "net",
  cidr: `10.0.${index}.0/24`,
  gateway: `10.0.${index}.1`,
  dnsNameservers: [],
});

/** Any tree of routers: each further router joins an earlier subnet and may bring subnets of its own. */
const topologies = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 2 })), { maxLength: 5 }))
  .map(([own, further]): Topology => {
    let count = own;
    const leg = (index: number, address = `10.0.${index}.1`) => ({ subnet: `subnet-${index}`, address });
    const first = { name: "router-0", external: true, legs: Array.from({ length: own }, (_, index) => leg(index)) };
    const others = further.map(([joined, brings], index) => {
      const at = joined % count;
      const start = count;
      count += brings;
      const legs = Array.from({ length: brings }, (_, offset) => leg(start + offset));
      return { name: `router-${index + 1}`, external: false, legs: [leg(at, `10.0.${at}.${254 - index}`), ...legs] };
    });
    return { subnets: Array.from({ length: count }, (_, index) => subnet(index)), routers: [first, ...others] };
  });

/** The router at which a packet to the destination ends, hop by hop; undefined if it is lost or goes in circles. */
function travel(topology: Topology, routes: readonly StaticRoute[], start: string, destination: string) {
  let at = topology.routers.find(({ name }) => name === start);
  for (let hops = 0; at !== undefined && hops <= topology.routers.length; hops++) {
    if (
      destination === "0.0.0.0/0" ? at.external : at.legs.some(({ subnet }) => cidrOf(topology, subnet) === destination)
    )
      return at.name;
    const name = at.name;
    const route = routes.find((each) => each.router === name && each.destination === destination);
    at = topology.routers.find(({ legs }) => legs.some(({ address }) => address === route?.nextHop));
  }
  return undefined;
}

const cidrOf = (topology: Topology, name: string) => topology.subnets.find((each) => each.name === name)?.cidr;

describe("staticRoutes", () => {
  it("makes both sides of system 4 talk", () => {
    const topology: Topology = {
      subnets: [
        { name: "front", network: "net", cidr: "3.7.12.0/24", gateway: "3.7.12.1", dnsNameservers: [] },
        { name: "back", network: "net", cidr: "4.7.12.0/24", gateway: "4.7.12.1", dnsNameservers: [] },
      ],
      routers: [
        { name: "edge", external: true, legs: [{ subnet: "front", address: "3.7.12.1" }] },
        {
          name: "inner",
          external: false,
          legs: [
            { subnet: "front", address: "3.7.12.254" },
            { subnet: "back", address: "4.7.12.1" },
          ],
        },
      ],
    };
    expect(staticRoutes(topology)).toEqual([
      { router: "edge", destination: "4.7.12.0/24", nextHop: "3.7.12.254" },
      { router: "inner", destination: "0.0.0.0/0", nextHop: "3.7.12.1" },
    ]);
  });

  it("needs none for a single router", () => {
    const legs = [{ subnet: "subnet-0", address: "10.0.0.1" }];
    expect(staticRoutes({ subnets: [subnet(0)], routers: [{ name: "edge", external: true, legs }] })).toEqual([]);
  });

  it("names the router that has no way, and the fix", () => {
    const routers = [
      { name: "edge", external: true, legs: [{ subnet: "subnet-0", address: "10.0.0.1" }] },
      { name: "island", external: false, legs: [{ subnet: "subnet-1", address: "10.0.1.1" }] },
    ];
    expect(() => staticRoutes({ subnets: [subnet(0), subnet(1)], routers })).toThrow(
      /router "edge" has no way to subnet subnet-1.*Give it an interface/,
    );
  });

  it("leads from every router to every subnet and outside", () => {
    fc.assert(
      fc.property(topologies, (topology) => {
        const routes = staticRoutes(topology);
        for (const { name } of topology.routers) {
          for (const destination of [...topology.subnets.map(({ cidr }) => cidr), "0.0.0.0/0"]) {
            expect(travel(topology, routes, name, destination), `${name} to ${destination}`).toBeDefined();
          }
        }
      }),
    );
  });

  it("has next hops only in subnets of the router's own", () => {
    fc.assert(
      fc.property(topologies, (topology) => {
        for (const route of staticRoutes(topology)) {
          const legs = topology.routers.find(({ name }) => name === route.router)?.legs ?? [];
          expect(legs.map(({ subnet }) => subnet)).toContain(nextHopSubnet(topology, route));
        }
      }),
    );
  });
});

describe("podRoutes", () => {
  const topology: Topology = {
    subnets: [
      { name: "front", network: "front", cidr: "3.7.12.0/24", gateway: "3.7.12.1", dnsNameservers: [] },
      { name: "back", network: "back", cidr: "4.7.12.0/24", gateway: "4.7.12.1", dnsNameservers: [] },
    ],
    routers: [
      { name: "outer", external: true, legs: [{ subnet: "front", address: "3.7.12.1" }] },
      {
        name: "inner",
        external: false,
        legs: [
          { subnet: "front", address: "3.7.12.254" },
          { subnet: "back", address: "4.7.12.1" },
        ],
      },
    ],
  };
  const front = { privateAddress: "3.7.12.10", podSubnet: "10.42.5.0/25" };
  const back = { privateAddress: "4.7.12.20", podSubnet: "10.42.138.0/25" };

  it("leads to the node itself, or to the router beside it", () => {
    expect(podRoutes(topology, [front, back])).toEqual([
      { router: "outer", destination: front.podSubnet, nextHop: front.privateAddress },
      { router: "outer", destination: back.podSubnet, nextHop: "3.7.12.254" },
      { router: "inner", destination: front.podSubnet, nextHop: front.privateAddress },
      { router: "inner", destination: back.podSubnet, nextHop: back.privateAddress },
    ]);
  });

  it("needs none between neighbours", () => {
    expect(podRoutes(topology, [front, { ...back, privateAddress: "3.7.12.20" }])).toEqual([]);
  });
});
