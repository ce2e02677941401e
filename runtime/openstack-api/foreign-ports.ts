import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import type { CloudApi } from "./cloud-api.ts";

/** A resource of a state, as far as its place in the cloud goes. */
export interface MadeResource {
  readonly type: string;
  readonly id?: string | undefined;
}

const portObject = z.object({
  id: z.string(),
  name: z.string(),
  network_id: z.string(),
  device_id: z.string(),
  device_owner: z.string(),
  fixed_ips: z.array(z.object({ ip_address: z.string() })),
});
type Port = z.output<typeof portObject>;

function idsOf(resources: readonly MadeResource[], type: string): ReadonlySet<string> {
  return new Set(resources.flatMap(({ id, ...resource }) => (resource.type === type && id !== undefined ? [id] : [])));
}

/** Neutron's own ports go with the network; a router's interface only with that router. */
function goesByItself({ device_owner, device_id }: Port, routers: ReadonlySet<string>): boolean {
  if (/^network:(router|ha_router)/.test(device_owner)) return routers.has(device_id);
  return device_owner.startsWith("network:");
}

/** Ports on the networks of a state that the state didn't make: as long as they stand, Neutron deletes no such network. */
export async function foreignPorts(api: CloudApi, resources: readonly MadeResource[]): Promise<Port[]> {
  const networks = idsOf(resources, "openstack:networking/network:Network");
  const own = idsOf(resources, "openstack:networking/port:Port");
  const routers = idsOf(resources, "openstack:networking/router:Router");
  const ports = await Promise.all(
    [...networks].map((id) => api.list("network", "/ports", "ports", portObject, { network_id: id })),
  );
  return ports.flat().filter((port) => !own.has(port.id) && !goesByItself(port, routers));
}

/**
 * Refuses a destroy that could not end: the provider would wait ten minutes for each network, and not say for what.
 *
 * @throws RunError that names the foreign ports
 */
export async function refuseForeignPorts(api: CloudApi, resources: readonly MadeResource[]): Promise<void> {
  const ports = await foreignPorts(api, resources);
  if (ports.length === 0) return;
  const lines = ports.map(({ id, name, fixed_ips, device_owner, device_id }) => {
    const addresses = fixed_ips.map(({ ip_address }) => ip_address).join(", ");
    const user = device_id === "" ? "" : `, of ${device_owner} ${device_id}`;
    return `  ${id} "${name}" ${addresses}${user}`;
  });
  throw new RunError(
    [
      "Nothing was destroyed: on the stack's networks there are ports that it didn't make, and that aren't deleted for you:",
      ...lines,
      "Fix: openstack port delete ID (or take away what uses it), then run again.",
    ].join("\n"),
  );
}
