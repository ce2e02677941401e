import { randomUUID } from "node:crypto";
import { addressText, cidrRange, inRange } from "../ipv4.ts";
import {
  badRequest,
  type Cloud,
  conflict,
  existing,
  type FloatingIp,
  type Port,
  type PortForward,
  type Router,
} from "./cloud.ts";
import { createPort } from "./networking.ts";

export function createRouter(cloud: Cloud, name: string, externalNetworkId: string | undefined): Router {
  if (externalNetworkId !== undefined && !existing(cloud.networks, externalNetworkId, "Network").external)
    throw badRequest(`Network ${externalNetworkId} is not an external network.`);
  const router: Router = { id: randomUUID(), name, externalNetworkId, routes: [] };
  cloud.routers.set(router.id, router);
  return router;
}

export function routerPorts(cloud: Cloud, routerId: string): Port[] {
  return [...cloud.ports.values()].filter((port) => port.owner === `router:${routerId}`);
}

export function deleteRouter(cloud: Cloud, id: string): void {
  existing(cloud.routers, id, "Router");
  if (routerPorts(cloud, id).length > 0) throw conflict(`Router ${id} still has ports.`);
  cloud.routers.delete(id);
}

/** Joins a router to a subnet at its gateway address, or to a network by a port that exists. */
export function addInterface(
  cloud: Cloud,
  routerId: string,
  target: { readonly subnetId: string | undefined; readonly portId: string | undefined },
): Port {
  existing(cloud.routers, routerId, "Router");
  if ((target.subnetId === undefined) === (target.portId === undefined))
    throw badRequest("Exactly one of subnet_id and port_id must be specified.");
  const port =
    target.portId === undefined
      ? gatewayPort(cloud, target.subnetId ?? "")
      : existing(cloud.ports, target.portId, "Port");
  if (port.owner !== undefined)
    throw conflict(`Unable to complete operation on port ${port.id}: it is in use by ${port.owner}.`);
  port.owner = `router:${routerId}`;
  return port;
}

function gatewayPort(cloud: Cloud, subnetId: string): Port {
  const subnet = existing(cloud.subnets, subnetId, "Subnet");
  if (subnet.gateway === undefined) throw badRequest(`Subnet ${subnetId} must have a gateway IP.`);
  return createPort(cloud, {
    name: "",
    networkId: subnet.networkId,
    fixedIps: [{ subnetId, address: subnet.gateway }],
    securityGroupIds: [],
    allowedAddresses: [],
  });
}

function subnetsBehind(cloud: Cloud, routerId: string): Set<string> {
  return new Set(routerPorts(cloud, routerId).flatMap((port) => port.fixedIps.map((ip) => ip.subnetId)));
}

/**
 * Takes a router off a subnet; Neutron deletes the port with it, also one that was given.
 *
 * @param withRoutes the provider's `forceDestroy`: routes that lead over the interface go first
 */
export function removeInterface(cloud: Cloud, portId: string, withRoutes: boolean): void {
  const port = existing(cloud.ports, portId, "Router interface");
  const routerId = port.owner?.replace("router:", "") ?? "";
  const router = existing(cloud.routers, routerId, "Router");
  for (const floating of cloud.floatingIps.values()) {
    const target = floating.portId === undefined ? undefined : cloud.ports.get(floating.portId);
    const subnets = new Set(port.fixedIps.map((ip) => ip.subnetId));
    if (target?.fixedIps.some((ip) => subnets.has(ip.subnetId)) && router.externalNetworkId !== undefined)
      throw conflict(
        `Router interface for subnet of router ${routerId} cannot be deleted, as it is required by floating IP ${floating.address}.`,
      );
  }
  const ranges = port.fixedIps.map((ip) => cidrRange(existing(cloud.subnets, ip.subnetId, "Subnet").cidr));
  if (withRoutes)
    router.routes = router.routes.filter((route) => !ranges.some((range) => inRange(range, route.nextHop)));
  if (router.routes.some((route) => ranges.some((range) => inRange(range, route.nextHop))))
    throw conflict(
      `Router interface for router ${routerId} cannot be deleted, as it is required by one or more routes.`,
    );
  cloud.ports.delete(portId);
}

/** Neutron's default `max_routes`. */
const maxRoutes = 30;

export function addRoute(cloud: Cloud, routerId: string, destination: string, nextHop: string): void {
  const router = existing(cloud.routers, routerId, "Router");
  const reachable = routerPorts(cloud, routerId)
    .flatMap((port) => port.fixedIps)
    .some((ip) => inRange(cidrRange(existing(cloud.subnets, ip.subnetId, "Subnet").cidr), nextHop));
  if (!reachable)
    throw badRequest(`Invalid format for routes: the nexthop ${nextHop} is not connected with router ${routerId}.`);
  if (router.routes.some((route) => route.destination === destination && route.nextHop === nextHop))
    throw conflict(`Router ${routerId} has this route already.`);
  if (router.routes.length >= maxRoutes)
    throw badRequest(`The number of routes exceeds the maximum ${maxRoutes} of router ${routerId}.`);
  router.routes.push({ destination, nextHop });
}

export function removeRoute(cloud: Cloud, routerId: string, destination: string, nextHop: string): void {
  const router = existing(cloud.routers, routerId, "Router");
  router.routes = router.routes.filter((route) => route.destination !== destination || route.nextHop !== nextHop);
}

/** Where floating IPs come from: TEST-NET-2, which no settings use. */
const FLOATING_POOL = cidrRange("198.51.100.0/24");

export function createFloatingIp(cloud: Cloud, pool: string, description = ""): FloatingIp {
  const network = [...cloud.networks.values()].find((one) => one.external && one.name === pool);
  if (network === undefined) throw badRequest(`The external network ${pool} could not be found.`);
  const taken = new Set([...cloud.floatingIps.values()].map((one) => one.address));
  let value = FLOATING_POOL.first + 2;
  while (taken.has(addressText(value))) value += 1;
  if (value >= FLOATING_POOL.last) throw conflict(`No more IP addresses available on network ${network.id}.`);
  const floating: FloatingIp = {
    id: randomUUID(),
    address: addressText(value),
    description,
    portId: undefined,
    fixedAddress: undefined,
    forwards: new Map(),
  };
  cloud.floatingIps.set(floating.id, floating);
  return floating;
}

/** Whether a router with a gateway to the outside stands on one of the port's subnets. */
function isRoutedOutside(cloud: Cloud, port: Port): boolean {
  return [...cloud.routers.values()].some(
    (router) =>
      router.externalNetworkId !== undefined &&
      port.fixedIps.some((ip) => subnetsBehind(cloud, router.id).has(ip.subnetId)),
  );
}

function requireRouted(cloud: Cloud, port: Port): void {
  if (!isRoutedOutside(cloud, port))
    throw badRequest(
      `External network is not reachable from the subnets of port ${port.id}. Therefore, cannot associate it with a Floating IP.`,
    );
}

export function associate(cloud: Cloud, floating: FloatingIp, portId: string, fixedAddress: string | undefined): void {
  const port = existing(cloud.ports, portId, "Port");
  requireRouted(cloud, port);
  if (floating.forwards.size > 0) throw conflict(`Floating IP ${floating.address} has port forwardings.`);
  const other = [...cloud.floatingIps.values()].find((one) => one.portId === portId && one !== floating);
  if (other !== undefined && other.fixedAddress === fixedAddress)
    throw conflict(
      `Cannot associate floating IP ${floating.address} with port ${portId}: it has ${other.address} already.`,
    );
  floating.portId = portId;
  floating.fixedAddress = fixedAddress;
}

export function deleteFloatingIp(cloud: Cloud, id: string): void {
  const floating = existing(cloud.floatingIps, id, "Floating IP");
  if (floating.forwards.size > 0) throw conflict(`Floating IP ${floating.address} is used by port forwardings.`);
  cloud.floatingIps.delete(id);
}

export function addForward(cloud: Cloud, floating: FloatingIp, forward: PortForward): string {
  const port = existing(cloud.ports, forward.internalPortId, "Port");
  requireRouted(cloud, port);
  if (floating.portId !== undefined)
    throw badRequest(`Floating IP ${floating.address} is associated with port ${floating.portId}.`);
  if (!port.fixedIps.some((ip) => ip.address === forward.internalAddress))
    throw badRequest(`The internal IP does not correspond to an address on port ${port.id}.`);
  for (const other of floating.forwards.values())
    if (other.externalPort === forward.externalPort && other.protocol === forward.protocol)
      throw badRequest(`A port forwarding of ${floating.address}:${forward.externalPort} exists already.`);
  const id = randomUUID();
  floating.forwards.set(id, forward);
  return id;
}
