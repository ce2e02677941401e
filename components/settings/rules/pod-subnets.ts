import { allocatesPodSubnets } from "../../cluster/cni/manifests.ts";
import { planHosts } from "../allocation/hosts.ts";
import { allSubnetsDeclared } from "../allocation/openstack-addresses.ts";
import { encloses, networkRange, overlaps } from "../ipv4.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import { settingPath } from "../setting-path.ts";

/** With `routed`, every node has a subnet of its own for its pods, inside the pods' network. */
export const podSubnets = rule(["site", "cluster"], ({ site, cluster }): readonly Problem[] => {
  if (!allocatesPodSubnets(cluster) || (site.kind === "openstack" && !allSubnetsDeclared(site))) return [];
  const { hosts, problems } = planHosts(site, cluster);
  if (problems.length > 0) return problems;
  const path = (name: string) =>
    site.kind === "machines"
      ? settingPath("site", ["hosts", site.hosts.findIndex((host) => host.name === name), "podSubnet"])
      : settingPath("cluster", ["podCidr"]);
  return hosts.flatMap(({ name, podSubnet }, index): readonly Problem[] => {
    if (!encloses(networkRange(cluster.podCidr), networkRange(podSubnet))) {
      const reason = `${podSubnet} of ${name} isn't inside grappe:cluster.podCidr, ${cluster.podCidr}.`;
      return [{ path: path(name), reason, fix: "Choose a part of it, or remove the setting to have one allocated." }];
    }
    const twin = hosts
      .slice(0, index)
      .find((other) => overlaps(networkRange(other.podSubnet), networkRange(podSubnet)));
    if (twin === undefined || twin.privateAddress === hosts[index]?.privateAddress) return [];
    const reason = `${podSubnet} of ${name} overlaps with ${twin.podSubnet} of ${twin.name}.`;
    return [{ path: path(name), reason, fix: "Write subnets without common addresses, or remove both settings." }];
  });
});
