import { exposedApps } from "../exposures.ts";
import { addressRange, contains, size } from "../ipv4.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import { settingPath } from "../setting-path.ts";
import { enclosingNetwork, nodeNetworks } from "../site-facts.ts";

/** MetalLB has addresses to give. */
export const poolForMetallb = rule(["site", "platform"], ({ site, platform }) => {
  if (platform.loadBalancer !== "metallb" || site.loadBalancerPool.length > 0) return [];
  return [
    {
      path: settingPath("site", ["loadBalancerPool"]),
      reason: "is empty, but MetalLB gives out its addresses.",
      fix: "Write a free range, such as 192.168.1.150-192.168.1.200; or `loadBalancer: none` in grappe:platform.",
    },
  ];
});

/** Who wants an address of the load balancer has a load balancer. */
export const loadBalancerForExposures = rule(["platform", "apps"], ({ platform, apps }) => {
  if (platform.loadBalancer !== "none") return [];
  const problems: Problem[] = exposedApps(apps)
    .filter((each) => each.by === "loadBalancer")
    .map(({ app, path }) => ({
      path: `${path}.by`,
      reason: `is loadBalancer, but there is none to give ${app} an address.`,
      fix: "Write `loadBalancer: metallb` in grappe:platform, or expose it by ingress or nodePort.",
    }));
  if (platform.ingress?.address !== undefined) {
    problems.push({
      path: settingPath("platform", ["ingress", "address"]),
      reason: "comes from the load balancer, but there is none.",
      fix: "Write `loadBalancer: metallb` in grappe:platform, or remove it.",
    });
  }
  return problems;
});

/** Addresses that are asked for lie in the pool, are asked for once, and don't outnumber it. */
export const requestedAddresses = rule(["site", "platform", "apps"], ({ site, platform, apps }) => {
  if (platform.loadBalancer === "none" || site.loadBalancerPool.length === 0) return [];
  const pool = site.loadBalancerPool.map(addressRange);
  const wanted = [
    ...(platform.ingress === undefined
      ? []
      : [
          {
            what: "the ingress",
            path: settingPath("platform", ["ingress", "address"]),
            address: platform.ingress.address,
          },
        ]),
    ...exposedApps(apps)
      .filter((each) => each.by === "loadBalancer")
      .map(({ app, path, address }) => ({ what: app, path: `${path}.address`, address })),
  ];
  const problems = wanted.flatMap(({ path, address }, index): readonly Problem[] => {
    if (address === undefined) return [];
    const earlier = wanted.slice(0, index).find((other) => other.address === address);
    if (earlier !== undefined) {
      return [
        { path, reason: `${address} is asked for by ${earlier.what}, too (${earlier.path}).`, fix: "Choose another." },
      ];
    }
    if (pool.some((range) => contains(range, address))) return [];
    const ranges = site.loadBalancerPool.join(", ");
    return [{ path, reason: `${address} isn't in the load balancer pool.`, fix: `Choose one of ${ranges}.` }];
  });
  const free = pool.reduce((sum, range) => sum + size(range), 0);
  if (wanted.length <= free) return problems;
  return [
    ...problems,
    {
      path: settingPath("site", ["loadBalancerPool"]),
      reason: `has ${free} addresses, but ${wanted.length} are asked for (${wanted.map(({ what }) => what).join(", ")}).`,
      fix: "Widen the range, or expose an application by ingress.",
    },
  ];
});

/** At least one node is on the pool's network: only such a one can answer for the pool's addresses. */
export const announcers = rule(["site"], ({ site }) => {
  if (site.kind === "machines") return [];
  const networks = nodeNetworks(site);
  const used = [site.servers, ...site.agentPools.filter((pool) => pool.count > 0)].map((machines) => machines.subnet);
  return site.loadBalancerPool.flatMap((text, index): readonly Problem[] => {
    const network = enclosingNetwork(networks, addressRange(text));
    if (network === undefined || used.includes(network.name)) return [];
    return [
      {
        path: settingPath("site", ["loadBalancerPool", index]),
        reason: `lies in subnet ${network.name}, where there is no node to announce it.`,
        fix: `Choose a range in ${[...new Set(used)].join(" or ")}, or put agents into ${network.name}.`,
      },
    ];
  });
});

/** No two applications listen at the same port of the nodes. */
export const nodePortsOnce = rule(["apps"], ({ apps }) => {
  const exposed = exposedApps(apps).filter((each) => each.by === "nodePort");
  return exposed.flatMap(({ path, port }, index): readonly Problem[] => {
    const earlier = exposed.slice(0, index).find((other) => other.port === port);
    if (earlier === undefined) return [];
    return [
      {
        path: `${path}.port`,
        reason: `${port} is the port of ${earlier.app}, too.`,
        fix: "Choose another one from 30000 to 32767.",
      },
    ];
  });
});
