import type { Output } from "@pulumi/pulumi";
import { addressNumber, addressRange, contains, isAddress, networkRange } from "./ipv4.ts";
import type { ClusterSettings } from "./schema/cluster.ts";
import type { SiteSettings } from "./schema/site.ts";
import type { Settings } from "./settings.ts";
import { nodeNetworks } from "./site-facts.ts";

/** The HTTP proxy by which hosts reach what isn't of the site. */
export interface SiteProxy {
  /** Without credentials and without a slash at its end, such as `http://proxy.example.org:3128`. */
  readonly url: string;
  /** Addresses, networks and names that are reached without it; see `isExcepted`. */
  readonly exceptions: readonly string[];
  /** Where it asks for one. */
  readonly user?: string;
  readonly password?: Output<string>;
}

/**
 * What never goes through the proxy (pure): this machine, the site's networks and whatever stands in them, pods, Services, their names,
 * the API, and what the settings except.
 */
export function proxyExceptions(
  site: SiteSettings,
  { podCidr, serviceCidr }: Pick<ClusterSettings, "podCidr" | "serviceCidr">,
  apiAddress: string,
): readonly string[] {
  const own = ["localhost", "127.0.0.1", "127.0.0.0/8", "169.254.0.0/16"];
  const networks = nodeNetworks(site).map(({ cidr }) => cidr);
  const cluster = [podCidr, serviceCidr, ".svc", ".cluster.local"];
  return [...new Set([...own, ...networks, ...cluster, apiAddress, ...(site.proxy?.noProxy ?? [])])];
}

/**
 * Whether a host is reached without the proxy (pure), as Go's programs read the exceptions (net/http's httpproxy): an address
 * by itself or a network, a name by itself or one above it, and one that begins with a dot by all below it.
 *
 * @param host a name or an address, without port
 */
export function isExcepted(host: string, exceptions: readonly string[]): boolean {
  const name = host.toLowerCase();
  if (isAddress(name)) {
    return exceptions.some((text) =>
      text.includes("/")
        ? contains(networkRange(text), name)
        : isAddress(text) && addressNumber(text) === addressRange(name).first,
    );
  }
  return exceptions.map((text) => text.toLowerCase()).some((text) => name === text || name.endsWith(dotted(text)));
}

const dotted = (text: string) => (text.startsWith(".") ? text : `.${text}`);

/** The site's proxy, as everything on its hosts is told of it; nothing where there is none. */
export function siteProxy({
  site,
  cluster,
  apiAddress,
  secrets,
}: Pick<Settings, "site" | "cluster" | "apiAddress" | "secrets">): SiteProxy | undefined {
  if (site.proxy === undefined) return undefined;
  const { url, user } = site.proxy;
  return {
    url: url.toLowerCase().replace(/\/$/, ""),
    exceptions: proxyExceptions(site, cluster, apiAddress),
    ...(user === undefined ? {} : { user, password: secrets.proxyPassword }),
  };
}
