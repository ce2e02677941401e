import { openstackAddresses } from "../allocation/openstack-addresses.ts";
import type { OpenstackSite } from "../schema/openstack-site.ts";
import { settingPath } from "../setting-path.ts";
import { type Chosen, type LastingChoice, type LastingSettings, unchangeable } from "./lasting-choice.ts";
import { podSubnetChoice } from "./pod-subnet-choice.ts";

const path = (...steps: PropertyKey[]) => settingPath("site", steps);

/** Something was made in the cloud: networks and routers come first, then instances. */
const siteStands = /^openstack:networking\//;
const instancesStand = /^openstack:compute\/instance:/;

/** The way for who wants to be elsewhere. */
const otherSite = "To be elsewhere, make a second stack and move to it (docs/change.md).";

/** What an OpenStack site is made with. */
export function openstackChoices(site: OpenstackSite, settings: LastingSettings): readonly LastingChoice[] {
  return [
    ...place(site),
    ...servers(site),
    ...networks(site),
    ...routers(site),
    ...settings.hosts.flatMap(({ name, privateAddress }) =>
      podSubnetChoice(settings, { host: name, identity: `${name} ${privateAddress}`, path: path("networks") }),
    ),
  ];
}

function place(site: OpenstackSite): readonly LastingChoice[] {
  const choice = (name: "region" | "externalNetwork" | "user", made: string, because: string) => {
    const chosen = site[name];
    return chosen === undefined
      ? []
      : [
          unchangeable({
            path: path(name),
            chosen,
            standing: name === "user" ? instancesStand : siteStands,
            made,
            because,
            otherwise: otherSite,
          }),
        ];
  };
  return [
    ...choice("region", "the site", "all instances would be made anew, and the cluster end with them"),
    ...choice(
      "externalNetwork",
      "the site",
      "OpenStack moves no router to another external network as long as it has floating IPs",
    ),
    ...choice("user", "its instances", "they got that user at their first boot, and know no other"),
  ];
}

/** All servers at once must not go; where there is one, it must not go at all. */
function servers(site: OpenstackSite): readonly LastingChoice[] {
  const choice = (name: "subnet" | "spread", because: string) =>
    unchangeable({
      path: path("servers", name),
      chosen: site.servers[name],
      standing: instancesStand,
      made: "the servers",
      because,
      otherwise: otherSite,
    });
  const zones = site.servers.availabilityZones;
  return [
    choice("subnet", "the API's address lies in it, and all of them would leave it at once"),
    choice("spread", "all of them would be made anew at once, and the cluster end with them"),
    {
      key: "servers",
      path: path("servers", "count"),
      chosen: site.servers.count,
      standing: instancesStand,
      judge: () => undefined,
    },
    ...openstackAddresses(site).servers.flatMap(({ name, address }, index): LastingChoice[] => [
      unchangeable({
        path: path("servers", "firstAddress"),
        key: `${name} address`,
        chosen: address,
        standing: instancesStand,
        made: name,
        because: "at another address it is another machine, and all servers would be exchanged",
        otherwise: otherSite,
      }),
      onlyServer(name, zones[index % Math.max(1, zones.length)] ?? "any"),
    ]),
  ];
}

/** In another zone it is another machine; several servers are exchanged one after another. */
function onlyServer(name: string, zone: Chosen): LastingChoice {
  return {
    key: `${name} zone`,
    path: path("servers", "availabilityZones"),
    chosen: zone,
    standing: instancesStand,
    judge: (was, made) =>
      made.servers === 1
        ? {
            reason: `puts ${name} into zone ${zone}, but it was made in ${was}: there it is another machine, and as the only server it would take the cluster with it.`,
            fix: `Leave it in ${was}. Or raise \`count\` to 3, \`up\`, then change the zones.`,
          }
        : undefined,
  };
}

/** A range belongs to one subnet of one network, which keep it: the ports in it, and so the instances, would go with them. */
function networks(site: OpenstackSite): readonly LastingChoice[] {
  return site.networks.flatMap((network, index) =>
    network.subnets.flatMap(({ name, cidr }, subnet): LastingChoice[] => {
      const common = {
        standing: siteStands,
        because: "all that has a port in it, instances among them, would be made anew at once",
        otherwise: "Or add a network beside it, and move agent pools there one after another.",
      };
      const inNetwork = (...rest: PropertyKey[]) => path("networks", index, ...rest);
      return [
        unchangeable({
          ...common,
          path: inNetwork("name"),
          key: `network of ${cidr}`,
          chosen: network.name,
          made: `the network of ${cidr}`,
        }),
        unchangeable({
          ...common,
          path: inNetwork("subnets", subnet, "name"),
          key: `subnet of ${cidr}`,
          chosen: name,
          made: `the subnet ${cidr}`,
        }),
        unchangeable({
          ...common,
          path: inNetwork("subnets", subnet, "cidr"),
          key: `range of ${name}`,
          chosen: cidr,
          made: `the subnet ${name}`,
        }),
      ];
    }),
  );
}

/** A router is known by its name; under another one it would want addresses that the old one still has. */
function routers(site: OpenstackSite): readonly LastingChoice[] {
  return site.routers.flatMap((router, index) => [
    ...(router.external
      ? [
          unchangeable({
            path: path("routers", index, "external"),
            key: "external router",
            chosen: router.name,
            standing: siteStands,
            made: "the way out",
            because: "floating IPs lead through that router, and it keeps its gateway as long as there are any",
            otherwise: otherSite,
          }),
        ]
      : []),
    ...router.interfaces.map(({ subnet, address }) =>
      unchangeable({
        path: path("routers", index, "name"),
        key: `router at ${address ?? "the gateway"} in ${subnet}`,
        chosen: router.name,
        standing: siteStands,
        made: `the router in ${subnet}`,
        because: "under another name it is another router, and its addresses are taken as long as the old one stands",
        otherwise: "Or take it out, `up`, and add the other one, `up`; nothing is reached through it meanwhile.",
      }),
    ),
  ]);
}
