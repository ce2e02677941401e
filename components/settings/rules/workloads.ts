import { appsOf, databasesOf, manifestOf } from "../../apps/manifests.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import type { Rooms } from "../schema/rooms.ts";
import { settingPath } from "../setting-path.ts";
import { type NodeFacts, nodes } from "../site-facts.ts";

/** The nodes that take workloads without a toleration. */
export function schedulable(site: Rooms["site"], cluster: Rooms["cluster"]): readonly NodeFacts[] {
  return nodes(site).filter(
    ({ role, taints }) =>
      (role === "agent" || cluster.schedulableServers) && taints.every(({ effect }) => effect === "PreferNoSchedule"),
  );
}

/** Each PostgreSQL instance gets a node of its own. */
export const nodesForPostgres = rule(["site", "cluster", "apps"], ({ site, cluster, apps }) => {
  const available = schedulable(site, cluster).length;
  return databasesOf(apps).flatMap(([name, { instances, path }]): readonly Problem[] =>
    instances === 1 || instances <= available
      ? []
      : [
          {
            path: settingPath("apps", [name, ...path, "instances"]),
            reason: `is ${instances}, each on a node of its own, but ${available} nodes take workloads.`,
            fix: "Add agents, write `schedulableServers: true` in grappe:cluster, or write fewer instances.",
          },
        ],
  );
});

/** Each of an Odoo's replicas gets a node of its own. */
export const nodesForReplicas = rule(["site", "cluster", "apps"], ({ site, cluster, apps }) => {
  const available = schedulable(site, cluster).length;
  return appsOf(apps, "odoo").flatMap(([name, { replicas = 1 }]): readonly Problem[] =>
    replicas <= Math.max(1, available)
      ? []
      : [
          {
            path: settingPath("apps", [name, "replicas"]),
            reason: `is ${replicas}, each on a node of its own, but ${available} nodes take workloads.`,
            fix: "Add agents, write `schedulableServers: true` in grappe:cluster, or write fewer replicas.",
          },
        ],
  );
});

/** The labels that an application must find are on a node that takes workloads. */
export const placementExists = rule(["site", "cluster", "apps"], ({ site, cluster, apps }) =>
  Object.entries(apps).flatMap(([app, settings]): readonly Problem[] => {
    const placement = Object.entries(manifestOf(settings).placement?.(settings) ?? {});
    const fits = schedulable(site, cluster).some((node) => {
      const labels: Readonly<Record<string, string>> = {
        ...node.labels,
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/arch": node.architecture,
      };
      return placement.every(([key, value]) => labels[key] === value);
    });
    if (placement.length === 0 || fits) return [];
    return [
      {
        path: settingPath("apps", [app, "placement"]),
        reason: `no node that takes workloads has ${placement.map(([key, value]) => `${key}: ${value}`).join(", ")}.`,
        fix: "Write labels that a host or an agent pool has, or give it these.",
      },
    ];
  }),
);
