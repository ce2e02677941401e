import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { type DiskSource, diskName } from "./disk-name.ts";
import type { Mark } from "./mark.ts";
import type { SitePlan } from "./site-plan.ts";

/** What a server that exists already was made of (`diskName`); undefined where that isn't known. */
export type Standing = ReadonlyMap<string, string | undefined>;

/** The servers whose instances exist already, asked of the cloud: they are plugged into the ports named after them. */
export async function standingServers(
  { instances }: SitePlan,
  mark: Mark,
  opts: pulumi.InvokeOptions,
): Promise<Standing> {
  const servers = instances.filter(({ host }) => host.role === "server").map(({ host }) => host.name);
  const found = await Promise.all(
    servers.map(async (name) => ({ name, id: await instanceAt(mark.name(name), mark, opts) })),
  );
  const disks = found.flatMap(({ name, id }) => (id === undefined ? [] : [diskOf(name, id, opts)]));
  return new Map(await Promise.all(disks));
}

async function instanceAt(name: string, { tags }: Mark, opts: pulumi.InvokeOptions): Promise<string | undefined> {
  const { ids } = await openstack.networking.getPortIds({ name, tags }, opts);
  const ports = await Promise.all(ids.map((portId) => openstack.networking.getPort({ portId }, opts)));
  return ports.map(({ deviceId }) => deviceId).find((id) => id !== undefined && id !== "");
}

async function diskOf(name: string, id: string, opts: pulumi.InvokeOptions): Promise<[string, string | undefined]> {
  const { metadata } = await openstack.compute.getInstanceV2({ id }, opts);
  return [name, typeof metadata.disk === "string" ? metadata.disk : undefined];
}

/**
 * A server's replacement loses its copy of etcd; where no other server stands, that is the cluster.
 *
 * @throws RunError if the only server that stands would be replaced
 */
export function refuseToLoseCluster(standing: Standing, servers: DiskSource): void {
  const [only, ...others] = standing;
  if (only === undefined || others.length > 0) return;
  const [name, disk] = only;
  if (disk === undefined || disk === diskName(servers)) return;
  throw new pulumi.RunError(
    `grappe:site.servers: ${name} was made of ${disk}; of ${diskName(servers)} it would be another machine, and as the only ` +
      "server it would take the cluster with it. Fix: leave the image and volume as they are; or raise `count` to 3 and run, " +
      "then change them; or destroy the stack and make it anew.",
  );
}
