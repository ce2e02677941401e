import { machineAddress } from "../allocation/machine-address.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import type { Labels } from "../schema/node.ts";
import type { SiteSettings } from "../schema/site.ts";
import { settingPath } from "../setting-path.ts";

interface Named {
  readonly name: string;
  readonly path: string;
}

/** Things of one kind have names of their own. */
export const uniqueNames = rule(["site"], ({ site }) => groups(site).flatMap(repeated));

/** What must not share names with one another. */
function groups(site: SiteSettings): readonly (readonly Named[])[] {
  if (site.kind === "machines") return [named(site.hosts, "hosts")];
  const subnets = site.networks.flatMap((network, index) =>
    network.subnets.map(({ name }, at) => ({
      name,
      path: settingPath("site", ["networks", index, "subnets", at, "name"]),
    })),
  );
  const reserved = ["server", "bastion"].map((name) => ({ name, path: settingPath("site", [name]) }));
  return [
    named(site.networks, "networks"),
    subnets,
    named(site.routers, "routers"),
    [...reserved, ...named(site.agentPools, "agentPools")],
  ];
}

const named = (things: readonly { readonly name: string }[], list: string): readonly Named[] =>
  things.map(({ name }, index) => ({ name, path: settingPath("site", [list, index, "name"]) }));

function repeated(things: readonly Named[]): readonly Problem[] {
  return things.flatMap(({ name, path }, index) => {
    const earlier = things.slice(0, index).find((other) => other.name === name);
    if (earlier === undefined) return [];
    return [{ path, reason: `\`${name}\` is taken by ${earlier.path}.`, fix: "Choose another name." }];
  });
}

/** The names that hosts get from their pool are DNS labels, too; so are different from those of another pool. */
export const hostNamesFit = rule(["site"], ({ site }) => {
  if (site.kind === "machines") return [];
  return site.agentPools.flatMap(({ name }, index) => {
    const path = settingPath("site", ["agentPools", index, "name"]);
    const problems: Problem[] = [];
    if (name.length > 58) {
      problems.push({
        path,
        reason: `is too long: with a number after it, its hosts' names exceed 63 characters.`,
        fix: "Write at most 58 characters.",
      });
    }
    return problems;
  });
});

/** No two hosts are reached at the same SSH server. */
export const sshEndpointsOnce = rule(["site"], ({ site }) => {
  if (site.kind !== "machines") return [];
  return site.hosts.flatMap((machine, index) => {
    const twin = site.hosts
      .slice(0, index)
      .find((other) => other.address === machine.address && other.port === machine.port);
    if (twin === undefined || machineAddress(twin) === machineAddress(machine)) return [];
    return [
      {
        path: settingPath("site", ["hosts", index, "address"]),
        reason: `${machine.address} port ${machine.port} is also where ${twin.name} is reached.`,
        fix: `Write the address or port of ${machine.name}'s own SSH server.`,
      },
    ];
  });
});

type Labelled = {
  readonly labels: Labels;
  readonly path: readonly (string | number)[];
  readonly domains: readonly string[];
};

/** Where labels of nodes are written, and what the settings name as the place of these nodes. */
function labelled(site: SiteSettings): readonly Labelled[] {
  if (site.kind === "machines") {
    return site.hosts.map(({ labels, failureDomain }, index) => ({
      labels,
      path: ["hosts", index, "labels"],
      domains: failureDomain === undefined ? [] : [failureDomain],
    }));
  }
  const { servers, agentPools } = site;
  return [
    { labels: servers.labels, path: ["servers", "labels"], domains: servers.availabilityZones },
    ...agentPools.map(({ labels, availabilityZones }, index) => ({
      labels,
      path: ["agentPools", index, "labels"],
      domains: availabilityZones,
    })),
  ];
}

/** A node's place is told once: a failure domain, or an availability zone, becomes the label by which Kubernetes knows it. */
export const oneFailureDomain = rule(["site"], ({ site }) =>
  labelled(site).flatMap(({ labels, path, domains }) => {
    const label = labels["topology.kubernetes.io/zone"];
    const others = domains.filter((domain) => domain !== label);
    if (label === undefined || others.length === 0) return [];
    return [
      {
        path: settingPath("site", [...path, "topology.kubernetes.io/zone"]),
        reason: `is ${label}, and the node's place is told as ${others.join(", ")} beside it.`,
        fix: `Remove this label: \`${site.kind === "machines" ? "failureDomain" : "availabilityZones"}\` becomes it.`,
      },
    ];
  }),
);

/** Labels that we set ourselves aren't set by anybody else; Kubernetes' own are the schema's to refuse. */
export const unreservedLabels = rule(["site"], ({ site }) =>
  labelled(site).flatMap(({ labels, path }) =>
    Object.keys(labels)
      .filter((key) => key.startsWith("grappe.dev/"))
      .map((key) => ({
        path: settingPath("site", [...path, key]),
        reason: "is a label that grappe sets itself.",
        fix: "Choose a label under a name of your own, such as `example.org/zone`.",
      })),
  ),
);
