import { cidrRange, inRange } from "../ipv4.ts";
import type { Cloud, Instance, Port, Router, Subnet } from "./cloud.ts";
import { routerPorts } from "./routing.ts";
import { letsIn } from "./security.ts";

/** More routers than any network of ours has between two hosts. */
const MAX_HOPS = 8;

function routerAt(cloud: Cloud, address: string): Router | undefined {
  const port = [...cloud.ports.values()].find(
    (one) => one.owner?.startsWith("router:") === true && one.fixedIps.some((ip) => ip.address === address),
  );
  return cloud.routers.get(port?.owner?.replace("router:", "") ?? "");
}

function isOn(cloud: Cloud, router: Router, subnet: Subnet): boolean {
  return routerPorts(cloud, router.id).some((port) => port.fixedIps.some((ip) => ip.subnetId === subnet.id));
}

/** Whether a packet from one subnet finds its way to an address in another one, by gateways and static routes. */
function isRouted(cloud: Cloud, from: Subnet, to: Subnet, address: string): boolean {
  if (from.networkId === to.networkId && from.id === to.id) return true;
  let router = from.gateway === undefined ? undefined : routerAt(cloud, from.gateway);
  for (let hop = 0; hop < MAX_HOPS && router !== undefined; hop += 1) {
    if (isOn(cloud, router, to)) return true;
    const route: Router["routes"][number] | undefined = router.routes.find((one) =>
      inRange(cidrRange(one.destination), address),
    );
    router = route === undefined ? undefined : routerAt(cloud, route.nextHop);
  }
  return false;
}

function instanceOf(cloud: Cloud, port: Port | undefined): Instance | undefined {
  return cloud.instances.get(port?.owner?.replace("instance:", "") ?? "");
}

/** The instance that answers on a TCP port of an address on the outside: a floating IP's, or one of its forwards. */
export function instanceFromOutside(cloud: Cloud, address: string, tcpPort: number): Instance | undefined {
  const floating = [...cloud.floatingIps.values()].find((one) => one.address === address);
  const forward = [...(floating?.forwards.values() ?? [])].find((one) => one.externalPort === tcpPort);
  const port = cloud.ports.get(floating?.portId ?? forward?.internalPortId ?? "");
  if (port === undefined || !letsIn(cloud, port.securityGroupIds, forward?.internalPort ?? tcpPort, undefined))
    return undefined;
  return instanceOf(cloud, port);
}

/** The instance that answers on a TCP port of a fixed address, seen from another instance. */
export function instanceFromInside(
  cloud: Cloud,
  from: Instance,
  address: string,
  tcpPort: number,
): Instance | undefined {
  const source = cloud.ports.get(from.portIds[0] ?? "");
  const target = [...cloud.ports.values()].find((port) => port.fixedIps.some((ip) => ip.address === address));
  if (source === undefined || target === undefined) return undefined;
  const [sourceIp, targetIp] = [source.fixedIps[0], target.fixedIps.find((ip) => ip.address === address)];
  const [sourceNet, targetNet] = [
    cloud.subnets.get(sourceIp?.subnetId ?? ""),
    cloud.subnets.get(targetIp?.subnetId ?? ""),
  ];
  if (sourceIp === undefined || sourceNet === undefined || targetNet === undefined) return undefined;
  const bothWays =
    isRouted(cloud, sourceNet, targetNet, address) && isRouted(cloud, targetNet, sourceNet, sourceIp.address);
  if (!bothWays || !letsIn(cloud, target.securityGroupIds, tcpPort, source.securityGroupIds)) return undefined;
  return instanceOf(cloud, target);
}
