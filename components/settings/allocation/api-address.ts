import type { SiteSettings } from "../schema/site.ts";
import { machineAddress } from "./machine-address.ts";
import { serverAddresses } from "./openstack-addresses.ts";

/** Address of the Kubernetes API: the virtual one or, with a single server, that server's. */
export function apiAddressOf(site: SiteSettings): string {
  if (site.apiAddress !== undefined) return site.apiAddress;
  if (site.kind === "openstack") return serverAddresses(site)[0]?.address ?? "";
  const server = site.hosts.find((host) => host.role === "server");
  return server === undefined ? "" : (machineAddress(server) ?? "");
}
