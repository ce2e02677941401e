import { z } from "zod";
import type { CloudApi } from "../../openstack-api/cloud-api.ts";
import { bearsMark, type Find, marked, markInputs, objectKind, ownProject } from "./object-kind.ts";

/** What its name and mark alone tell apart. */
function named(kind: "network" | "router"): Find {
  return objectKind(markInputs, async (api, inputs) => {
    const query = { ...ownProject(api), name: inputs.name };
    const objects = await api.list("network", `/${kind}s`, `${kind}s`, marked, query);
    return objects
      .filter((each) => bearsMark(each, inputs))
      .map(({ id, name }) => ({ id, description: `${kind} ${name}` }));
  });
}

const subnetInputs = markInputs.extend({ networkId: z.string(), cidr: z.string() });
const subnetObject = marked.extend({ network_id: z.string(), cidr: z.string() });

const subnet = objectKind(subnetInputs, async (api, inputs) => {
  const query = { ...ownProject(api), network_id: inputs.networkId };
  const subnets = await api.list("network", "/subnets", "subnets", subnetObject, query);
  return subnets
    .filter((each) => bearsMark(each, inputs) && each.network_id === inputs.networkId && each.cidr === inputs.cidr)
    .map(({ id, name, cidr }) => ({ id, description: `subnet ${name}, ${cidr}` }));
});

const fixedIp = z.object({ subnet_id: z.string(), ip_address: z.string() });
const portObject = marked.extend({
  network_id: z.string(),
  device_id: z.string(),
  device_owner: z.string(),
  fixed_ips: z.array(fixedIp),
});

type Port = z.output<typeof portObject>;

const portInputs = markInputs.extend({
  networkId: z.string(),
  fixedIps: z.array(z.object({ subnetId: z.string(), ipAddress: z.string().optional() })).default([]),
});

function listPorts(api: CloudApi, query: Readonly<Record<string, string>>): Promise<Port[]> {
  return api.list("network", "/ports", "ports", portObject, query);
}

const port = objectKind(portInputs, async (api, inputs) => {
  const ports = await listPorts(api, { ...ownProject(api), network_id: inputs.networkId });
  const hasAddresses = ({ fixed_ips }: Port) =>
    inputs.fixedIps.every((wanted) =>
      fixed_ips.some(
        (ip) =>
          ip.subnet_id === wanted.subnetId && (wanted.ipAddress === undefined || ip.ip_address === wanted.ipAddress),
      ),
    );
  return ports
    .filter((each) => bearsMark(each, inputs) && each.network_id === inputs.networkId && hasAddresses(each))
    .map(({ id, name, fixed_ips }) => ({
      id,
      description: `port ${name}, ${fixed_ips.map(({ ip_address }) => ip_address).join(", ")}`,
    }));
});

const interfaceInputs = z.object({
  routerId: z.string(),
  subnetId: z.string().optional(),
  portId: z.string().optional(),
});

/** A router's interface is one of its ports: the one that it was given, or that it took in the subnet. */
const routerInterface = objectKind(interfaceInputs, async (api, { routerId, subnetId, portId }) => {
  const ports = await listPorts(api, { device_id: routerId });
  return ports
    .filter(
      ({ id, device_id, device_owner, fixed_ips }) =>
        device_id === routerId &&
        /^network:(router|ha_router)/.test(device_owner) &&
        !device_owner.endsWith("gateway") &&
        (portId === undefined ? fixed_ips.some((ip) => ip.subnet_id === subnetId) : id === portId),
    )
    .map(({ id, fixed_ips }) => ({
      id,
      description: `interface ${fixed_ips.map(({ ip_address }) => ip_address).join(", ")} of router ${routerId}`,
    }));
});

const routeInputs = z.object({ routerId: z.string(), destinationCidr: z.string(), nextHop: z.string() });
const routedObject = z.object({
  routes: z.array(z.object({ destination: z.string(), nexthop: z.string() })).default([]),
});

/** A route is a line of its router; its id is the provider's own. */
const routerRoute = objectKind(routeInputs, async (api, { routerId, destinationCidr, nextHop }) => {
  const found = await api.object("network", `/routers/${routerId}`, "router", routedObject);
  const routes = found?.routes ?? [];
  return routes
    .filter(({ destination, nexthop }) => destination === destinationCidr && nexthop === nextHop)
    .map(() => ({
      id: `${routerId}-route-${destinationCidr}-${nextHop}`,
      description: `route to ${destinationCidr} over ${nextHop}`,
    }));
});

export const networkObjects: Readonly<Record<string, Find>> = {
  "openstack:networking/network:Network": named("network"),
  "openstack:networking/subnet:Subnet": subnet,
  "openstack:networking/port:Port": port,
  "openstack:networking/router:Router": named("router"),
  "openstack:networking/routerInterface:RouterInterface": routerInterface,
  "openstack:networking/routerRoute:RouterRoute": routerRoute,
};
