import { rule } from "../rule.ts";
import { settingPath } from "../setting-path.ts";
import { isExcepted } from "../site-proxy.ts";

/** A proxy in the pods' or the Services' range is one that hosts look for inside of the cluster. */
export const proxyOutsideCluster = rule(["site", "cluster"], ({ site, cluster }) => {
  if (site.proxy === undefined) return [];
  const { hostname } = new URL(site.proxy.url);
  const inside = [cluster.podCidr, cluster.serviceCidr].find((cidr) => isExcepted(hostname, [cidr]));
  if (inside === undefined) return [];
  return [
    {
      path: settingPath("site", ["proxy", "url"]),
      reason: `${hostname} lies in ${inside}, the range of pods or Services; once the cluster stands, hosts look for it there.`,
      fix: "Choose another range for the cluster, or a proxy outside of it.",
    },
  ];
});
