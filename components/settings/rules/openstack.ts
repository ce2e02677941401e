import { allocationPools, gatewayOf, subnetsOf } from "../allocation/openstack-addresses.ts";
import { addressRange, contains } from "../ipv4.ts";
import { nearest } from "../nearest.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import type { OpenstackSite } from "../schema/openstack-site.ts";
import { settingPath } from "../setting-path.ts";
import { nodes } from "../site-facts.ts";

const at = (...path: (string | number)[]) => settingPath("site", path);

/** One way to log in to the cloud, not two, not none. */
export const oneCredential = rule(["site"], ({ site }) => {
  if (site.kind !== "openstack") return [];
  if ((site.cloud === undefined) !== (site.applicationCredential === undefined)) return [];
  const both = site.cloud !== undefined;
  return [
    {
      path: at("cloud"),
      reason: both ? "and `applicationCredential` are both given." : "is missing, and so is `applicationCredential`.",
      fix: both ? "Remove one of them." : "Write the name of an entry of clouds.yaml.",
    },
  ];
});

/** Every subnet that something lies in is declared. */
export const subnetsDeclared = rule(["site"], ({ site }) => {
  if (site.kind !== "openstack") return [];
  const known = subnetsOf(site).map((subnet) => subnet.name);
  const references = [
    { name: site.servers.subnet, path: at("servers", "subnet") },
    { name: site.bastion.subnet, path: at("bastion", "subnet") },
    ...site.agentPools.map((pool, index) => ({ name: pool.subnet, path: at("agentPools", index, "subnet") })),
    ...site.routers.flatMap((router, index) =>
      router.interfaces.map(({ subnet }, port) => ({
        name: subnet,
        path: at("routers", index, "interfaces", port, "subnet"),
      })),
    ),
  ];
  return references.filter(({ name }) => !known.includes(name)).map(({ name, path }) => unknown(path, name, known));
});

/** Exactly one router leads out. */
export const oneExternalRouter = rule(["site"], ({ site }) => {
  if (site.kind !== "openstack") return [];
  const external = site.routers.filter((router) => router.external).map((router) => router.name);
  if (external.length === 1) return [];
  return [
    {
      path: at("routers"),
      reason:
        external.length === 0 ? "has no external router." : `has several external routers: ${external.join(", ")}.`,
      fix: "Write `external: true` at exactly one of them.",
    },
  ];
});

/** A router is joined to a subnet once, and each subnet's gateway is one router's interface. */
export const routerInterfaces = rule(["site"], ({ site }) => {
  if (site.kind !== "openstack") return [];
  return [...repeatedInterfaces(site), ...gatewaysServed(site)];
});

function repeatedInterfaces(site: OpenstackSite): readonly Problem[] {
  return site.routers.flatMap((router, index) =>
    router.interfaces.flatMap(({ subnet }, port) =>
      router.interfaces.slice(0, port).some((earlier) => earlier.subnet === subnet)
        ? [
            {
              path: at("routers", index, "interfaces", port, "subnet"),
              reason: `joins ${router.name} to ${subnet} a second time.`,
              fix: "Remove one of the two interfaces.",
            },
          ]
        : [],
    ),
  );
}

function gatewaysServed(site: OpenstackSite): readonly Problem[] {
  return site.networks.flatMap((network, index) =>
    network.subnets.flatMap((subnet, position) => {
      const gateway = gatewayOf(subnet);
      const holders = site.routers.filter((router) =>
        router.interfaces.some((each) => each.subnet === subnet.name && (each.address ?? gateway) === gateway),
      );
      if (holders.length === 1) return [];
      const path = at("networks", index, "subnets", position, "name");
      if (holders.length === 0) {
        const reason = `no router is the gateway ${gateway} of ${subnet.name}; its machines reach nothing else.`;
        return [{ path, reason, fix: "Add an interface in it, without `address`, to one of the routers." }];
      }
      const names = holders.map((router) => router.name).join(" and ");
      return [
        {
          path,
          reason: `routers ${names} both claim the gateway ${gateway} of ${subnet.name}.`,
          fix: "Give all but one an `address` of their own in this subnet.",
        },
      ];
    }),
  );
}

/** Every subnet reaches the router that leads out, over any number of further ones. */
export const subnetsConnected = rule(["site"], ({ site }) => {
  if (site.kind !== "openstack") return [];
  const external = site.routers.find((router) => router.external);
  if (external === undefined) return [];
  const reached = new Set(external.interfaces.map((each) => each.subnet));
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const router of site.routers) {
      const subnets = router.interfaces.map((each) => each.subnet);
      if (subnets.some((subnet) => reached.has(subnet))) for (const subnet of subnets) reached.add(subnet);
    }
  }
  return site.networks.flatMap((network, index) =>
    network.subnets.flatMap(({ name }, position) =>
      reached.has(name)
        ? []
        : [
            {
              path: at("networks", index, "subnets", position, "name"),
              reason: `${name} isn't connected to the external router ${external.name} by any router.`,
              fix: "Join a router to this subnet and to one that is connected.",
            },
          ],
    ),
  );
});

/** A port forward leads to one target that there is, and no external port leads to two. */
export const portForwardTargets = rule(["site"], ({ site }) => {
  if (site.kind !== "openstack") return [];
  const hosts = nodes(site).map((node) => node.name);
  return site.portForwards.flatMap(({ externalPort, protocol, host, address }, index): readonly Problem[] => {
    const problems: Problem[] = [];
    const earlier = site.portForwards
      .slice(0, index)
      .findIndex((other) => other.externalPort === externalPort && other.protocol === protocol);
    if (earlier !== -1) {
      problems.push({
        path: at("portForwards", index, "externalPort"),
        reason: `${protocol} ${externalPort} is forwarded by ${at("portForwards", earlier)} already.`,
        fix: "Choose another external port.",
      });
    }
    if ((host === undefined) === (address === undefined)) {
      const reason = host === undefined ? "has neither `host` nor `address`." : "has both `host` and `address`.";
      problems.push({ path: at("portForwards", index), reason, fix: "Write exactly one of the two." });
    }
    if (host !== undefined && !hosts.includes(host)) {
      problems.push(unknown(at("portForwards", index, "host"), host, hosts));
    }
    if (address !== undefined && !isVirtual(site, address)) {
      problems.push({
        path: at("portForwards", index, "address"),
        reason: `${address} is neither the API address nor in the load balancer pool.`,
        fix: "Write such an address, or the name of a host as `host`.",
      });
    }
    return problems;
  });
});

const isVirtual = (site: OpenstackSite, address: string) =>
  address === site.apiAddress || site.loadBalancerPool.some((range) => contains(addressRange(range), address));

/** A range of open ports runs upwards. */
export const openPortsAscend = rule(["site"], ({ site }) => {
  if (site.kind !== "openstack") return [];
  return site.openPorts.flatMap(({ from, to }, index) =>
    from <= to
      ? []
      : [
          {
            path: at("openPorts", index),
            reason: `runs from ${from} down to ${to}.`,
            fix: "Write the lower port as `from`.",
          },
        ],
  );
});

/** OpenStack's own DHCP ports find an address at the beginning of each subnet. */
export const dhcpHasRoom = rule(["site"], ({ site }) => {
  if (site.kind !== "openstack") return [];
  return site.networks.flatMap((network, index) =>
    network.subnets.flatMap((subnet, position) => {
      if (allocationPools(site, subnet).length > 0) return [];
      return [
        {
          path: at("networks", index, "subnets", position, "cidr"),
          reason: `has no address left for OpenStack's own DHCP in ${subnet.name}: offsets 2 to 8 are all taken.`,
          fix: "Choose addresses for pool, routers and hosts after the ninth of the subnet.",
        },
      ];
    }),
  );
});

function unknown(path: string, name: string, known: readonly string[]): Problem {
  const meant = nearest(name, known);
  return {
    path,
    reason: `there is no \`${name}\`.`,
    fix: meant === undefined ? `Write one of ${known.join(", ")}.` : `Did you mean \`${meant}\`?`,
  };
}
