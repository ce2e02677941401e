import { allocatesPodSubnets, cniManifest, cnisOf } from "../../cluster/cni/manifests.ts";
import { subnetsOf } from "../allocation/openstack-addresses.ts";
import { encloses, networkRange, overlaps, prefixLength } from "../ipv4.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import { settingPath } from "../setting-path.ts";
import { nodeCounts, nodeNetworks } from "../site-facts.ts";

/** Ranges that belong to nobody on the internet (RFC 1918, 6598, 2544, 5737). */
const privateRanges = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "198.18.0.0/15",
  "192.0.2.0/24",
  "198.51.100.0/24",
  "203.0.113.0/24",
];

/** Ranges that no machine can have as its own: this network, loopback, link-local, multicast, reserved. */
const unusableRanges = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"];

const podPath = settingPath("cluster", ["podCidr"]);
const servicePath = settingPath("cluster", ["serviceCidr"]);

/** No two of nodes', pods' and services' networks share an address. */
export const separateNetworks = rule(["site", "cluster"], ({ site, cluster }) => {
  const networks = [
    ...nodeNetworks(site).map(({ name, cidr, path }) => ({ what: `the nodes' network ${name}`, cidr, path })),
    { what: "the pods' network", cidr: cluster.podCidr, path: podPath },
    { what: "the services' network", cidr: cluster.serviceCidr, path: servicePath },
  ];
  return networks.flatMap((later, index) =>
    networks
      .slice(0, index)
      .filter((earlier) => overlaps(networkRange(earlier.cidr), networkRange(later.cidr)))
      .map((earlier) => ({
        path: later.path,
        reason: `${later.cidr} overlaps with ${earlier.what}, ${earlier.cidr} (${earlier.path}).`,
        fix: "Choose a range that has no address in common with it.",
      })),
  );
});

/** A public range is used privately only by who says so. */
export const knowinglyPublic = rule(["site"], ({ site }) =>
  nodeNetworks(site).flatMap(({ cidr, publicRange, path }): readonly Problem[] => {
    if (isUnusable(cidr)) return [unusable(path, cidr)];
    if (publicRange || isPrivate(cidr)) return [];
    return [
      {
        path,
        reason: `${cidr} is a public range: who owns it on the internet can't be reached from inside.`,
        fix: "Choose a private one, such as 192.168.1.0/24; or write `publicRange: true` beside it.",
      },
    ];
  }),
);

/** Pods' and services' networks are private ones, always: nothing asks for a public one there. */
export const privatePodsAndServices = rule(["cluster"], ({ cluster }) =>
  [
    { path: podPath, cidr: cluster.podCidr, example: "10.42.0.0/16" },
    { path: servicePath, cidr: cluster.serviceCidr, example: "10.43.0.0/16" },
  ].flatMap(({ path, cidr, example }): readonly Problem[] => {
    if (isUnusable(cidr)) return [unusable(path, cidr)];
    if (isPrivate(cidr)) return [];
    return [{ path, reason: `${cidr} is a public range.`, fix: `Choose a private one, such as ${example}.` }];
  }),
);

/** Kubernetes gives every node a /24 of the pods' network (except where our allocator does), and bounds both networks' sizes. */
export const roomForPods = rule(["site", "cluster"], ({ site, cluster }) => {
  const problems: Problem[] = [];
  const { servers, agents } = nodeCounts(site);
  const pods = prefixLength(cluster.podCidr);
  const services = prefixLength(cluster.serviceCidr);
  if (!allocatesPodSubnets(cluster) && (pods < 8 || pods > 24 || 2 ** (24 - pods) < servers + agents)) {
    problems.push({
      path: podPath,
      reason: `${cluster.podCidr} can't give each of ${servers + agents} nodes a /24, or is wider than /8.`,
      fix: "Choose a range between /8 and /20, such as 10.42.0.0/16.",
    });
  }
  if (services < 12 || services > 27) {
    problems.push({
      path: servicePath,
      reason: `${cluster.serviceCidr} is wider than /12, which Kubernetes refuses, or too narrow for Services.`,
      fix: "Choose a range between /12 and /27, such as 10.43.0.0/16.",
    });
  }
  return problems;
});

/** Neutron's default `max_routes`, of a router. */
const maxRoutes = 30;

/** With plain routes over several subnets every router has a route for each node's pods, beside those for subnets. */
export const routedFitsRouters = rule(["site", "cluster"], ({ site, cluster }) => {
  if (!allocatesPodSubnets(cluster) || site.kind === "machines") return [];
  const used = new Set([site.servers.subnet, ...site.agentPools.map((pool) => pool.subnet)]);
  const { servers, agents } = nodeCounts(site);
  const routes = servers + agents + subnetsOf(site).length;
  if (used.size === 1 || routes <= maxRoutes) return [];
  const others = cnisOf(cluster.distribution).filter((name) => cniManifest(name).podSubnets === "kubernetes");
  return [
    {
      path: settingPath("cluster", ["cni"]),
      reason: `is ${cluster.cni}: with nodes on ${used.size} subnets a router takes up to ${routes} routes; OpenStack's routers take ${maxRoutes}.`,
      fix: `Put all nodes on one subnet, or write ${others.map((name) => `\`cni: ${name}\``).join(" or ")}.`,
    },
  ];
});

/** Who may administer is never the whole internet. */
export const administratorsNamed = rule(["site"], ({ site }) => {
  if (site.kind !== "openstack") return [];
  return site.adminCidrs.flatMap((cidr, index) =>
    cidr === "0.0.0.0/0"
      ? [
          {
            path: settingPath("site", ["adminCidrs", index]),
            reason: "opens SSH and the Kubernetes API to the whole internet.",
            fix: "Write the networks that administrators connect from, such as your own address with /32.",
          },
        ]
      : [],
  );
});

const enclosedByOne = (ranges: readonly string[], cidr: string) =>
  ranges.some((range) => encloses(networkRange(range), networkRange(cidr)));
const isPrivate = (cidr: string) => enclosedByOne(privateRanges, cidr);
const isUnusable = (cidr: string) => unusableRanges.some((range) => overlaps(networkRange(range), networkRange(cidr)));

function unusable(path: string, cidr: string): Problem {
  return {
    path,
    reason: `${cidr} holds loopback, link-local, multicast or reserved addresses, which no machine can have.`,
    fix: "Choose a private range, such as 192.168.1.0/24.",
  };
}
