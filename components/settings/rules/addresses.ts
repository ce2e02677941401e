import { machineAddress } from "../allocation/machine-address.ts";
import { encloses, networkRange, overlaps, size } from "../ipv4.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import { settingPath } from "../setting-path.ts";
import { type Claim, claims, enclosingNetwork, nodeNetworks, rangeText } from "../site-facts.ts";

/** Everything that has an address has one that a machine of its network can have. */
export const addressesInsideNetworks = rule(["site"], ({ site }) => {
  const networks = nodeNetworks(site);
  return claims(site).flatMap((claim): readonly Problem[] => {
    const candidates = networks.filter(({ name }) => claim.network === undefined || claim.network === name);
    if (enclosingNetwork(candidates, claim.range) !== undefined) return [];
    const where = candidates.map(({ cidr }) => cidr).join(" or ");
    return [{ path: claim.path, reason: outsideReason(claim, where), fix: outsideFix(claim, where) }];
  });
});

function outsideReason({ what, range }: Claim, where: string): string {
  return `${what} has ${rangeText(range)}, which lies outside of ${where} or is the network's or its broadcast address.`;
}

function outsideFix({ path, range }: Claim, where: string): string {
  if (/(servers|bastion|agentPools\[\d+\])$/.test(path)) {
    return `Widen the subnet to hold ${size(range)} more addresses, or set \`firstAddress\` (the bastion's: \`address\`) inside ${where}.`;
  }
  return `Choose addresses inside ${where}.`;
}

/** No address is claimed twice: pool, DHCP, API address, gateways, routers, hosts. */
export const addressesClaimedOnce = rule(["site"], ({ site }) => {
  const all = claims(site);
  return all.flatMap((later, index) =>
    all.slice(0, index).flatMap((earlier): readonly Problem[] => {
      if (!overlaps(earlier.range, later.range)) return [];
      const [stays, moves] = earlier.mobility > later.mobility ? [later, earlier] : [earlier, later];
      return [
        {
          path: moves.path,
          reason: `${moves.what} (${rangeText(moves.range)}) overlaps with ${stays.what}, ${rangeText(stays.range)} (${stays.path}).`,
          fix: `Choose addresses outside of ${rangeText(stays.range)}${fixedBy(moves)}.`,
        },
      ];
    }),
  );
});

const fixedBy = ({ path }: Claim) =>
  /(servers|agentPools\[\d+\])$/.test(path) ? " by `firstAddress`" : path.endsWith("bastion") ? " by `address`" : "";

/** The pool is announced on one network, so it lies in one. */
export const poolInOneNetwork = rule(["site"], ({ site }) => {
  const networks = nodeNetworks(site);
  const all = claims(site).filter((claim) => claim.path.includes("loadBalancerPool"));
  const used = new Set(all.map((claim) => enclosingNetwork(networks, claim.range)?.name).filter((name) => name));
  if (used.size < 2) return [];
  return [
    {
      path: settingPath("site", ["loadBalancerPool"]),
      reason: `lies in several subnets (${[...used].join(", ")}); layer 2 announces on one only.`,
      fix: "Keep the ranges of one subnet.",
    },
  ];
});

/** A virtual API address: there with several servers, and in their network, where they can hold it. */
export const apiAddressOfServers = rule(["site"], ({ site }) => {
  const path = settingPath("site", ["apiAddress"]);
  const servers =
    site.kind === "machines" ? site.hosts.filter((host) => host.role === "server").length : site.servers.count;
  if (site.apiAddress === undefined) {
    if (servers < 2) return [];
    return [
      {
        path,
        reason: `is missing; with ${servers} servers, the API needs an address that moves between them.`,
        fix: "Write a free address of the servers' network, outside of DHCP and the load balancer pool.",
      },
    ];
  }
  if (site.kind === "machines") return [];
  const networks = nodeNetworks(site);
  const own = networks.find(({ name }) => name === site.servers.subnet);
  const [claim] = claims(site).filter((each) => each.path === path);
  if (own === undefined || claim === undefined || encloses(networkRange(own.cidr), claim.range)) return [];
  if (enclosingNetwork(networks, claim.range) === undefined) return [];
  return [
    {
      path,
      reason: `${site.apiAddress} isn't in the servers' subnet ${own.name}, ${own.cidr}; they couldn't hold it.`,
      fix: `Choose a free address of ${own.cidr}.`,
    },
  ];
});

/** Every machine has an address by which the other nodes know it. */
export const privateAddresses = rule(["site"], ({ site }) => {
  if (site.kind !== "machines") return [];
  return site.hosts.flatMap((machine, index) =>
    machineAddress(machine) === undefined
      ? [
          {
            path: settingPath("site", ["hosts", index, "privateAddress"]),
            reason: `is missing; \`address\` of ${machine.name} is a name, and nodes know each other by address.`,
            fix: `Write its fixed address in ${site.network}.`,
          },
        ]
      : [],
  );
});
