import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import type { Mark } from "./mark.ts";
import type { SitePlan } from "./site-plan.ts";

/** Names of the servers whose instances exist already, asked of the cloud: they are plugged into the ports named after them. */
export async function standingServers(
  { instances }: SitePlan,
  mark: Mark,
  opts: pulumi.InvokeOptions,
): Promise<ReadonlySet<string>> {
  const servers = instances.filter(({ host }) => host.role === "server").map(({ host }) => host.name);
  const standing = await Promise.all(servers.map((name) => hasInstance(mark.name(name), mark, opts)));
  return new Set(servers.filter((_name, index) => standing[index]));
}

async function hasInstance(name: string, { tags }: Mark, opts: pulumi.InvokeOptions): Promise<boolean> {
  const { ids } = await openstack.networking.getPortIds({ name, tags }, opts);
  const ports = await Promise.all(ids.map((portId) => openstack.networking.getPort({ portId }, opts)));
  return ports.some(({ deviceId }) => deviceId !== undefined && deviceId !== "");
}
