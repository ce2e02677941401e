import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import type { Rooms } from "../schema/rooms.ts";
import { settingPath } from "../setting-path.ts";
import { type NodeFacts, nodes } from "../site-facts.ts";
import { declaredWorkloads } from "./declared-apps.ts";

/** The nodes that take workloads without a toleration. */
export function schedulable(site: Rooms["site"], cluster: Rooms["cluster"]): readonly NodeFacts[] {
  return nodes(site).filter(
    ({ role, taints }) =>
      (role === "agent" || cluster.schedulableServers) && taints.every(({ effect }) => effect === "PreferNoSchedule"),
  );
}

/** Each PostgreSQL instance gets a node of its own. */
export const nodesForPostgres = rule(["site", "cluster", "apps"], ({ site, cluster, apps }) => {
  const instances = apps.odoo?.postgres.instances ?? 1;
  const available = schedulable(site, cluster).length;
  if (instances === 1 || instances <= available) return [];
  return [
    {
      path: settingPath("apps", ["odoo", "postgres", "instances"]),
      reason: `is ${instances}, each on a node of its own, but ${available} nodes take workloads.`,
      fix: "Add agents, write `schedulableServers: true` in grappe:cluster, or write fewer instances.",
    },
  ];
});

/** Each of Odoo's replicas gets a node of its own. */
export const nodesForReplicas = rule(["site", "cluster", "apps"], ({ site, cluster, apps }) => {
  const replicas = apps.odoo?.replicas ?? 1;
  const available = schedulable(site, cluster).length;
  if (replicas <= Math.max(1, available)) return [];
  return [
    {
      path: settingPath("apps", ["odoo", "replicas"]),
      reason: `is ${replicas}, each on a node of its own, but ${available} nodes take workloads.`,
      fix: "Add agents, write `schedulableServers: true` in grappe:cluster, or write fewer replicas.",
    },
  ];
});

/** The labels that an application must find are on a node that takes workloads. */
export const placementExists = rule(["site", "cluster", "apps"], ({ site, cluster, apps }) => {
  const { edge } = apps;
  const placed = [...(edge === undefined ? [] : [["edge", edge] as const]), ...declaredWorkloads(apps)];
  return placed.flatMap(([app, settings]): readonly Problem[] => {
    const placement = Object.entries(settings.placement);
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
  });
});
