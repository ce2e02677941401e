import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import { settingPath } from "../setting-path.ts";
import { nodeCounts } from "../site-facts.ts";
import { schedulable } from "./workloads.ts";

/** etcd needs an odd number of members: an even one survives no more failures and loses its majority sooner. */
export const etcdMajority = rule(["site"], ({ site }): readonly Problem[] => {
  const { servers } = nodeCounts(site);
  if ([1, 3, 5, 7].includes(servers)) return [];
  const path = site.kind === "machines" ? settingPath("site", ["hosts"]) : settingPath("site", ["servers", "count"]);
  const how = site.kind === "machines" ? "Give `role: server` to" : "Write";
  if (servers === 0) {
    return [{ path, reason: "has no server; one runs the control plane.", fix: `${how} 1 or 3 of them.` }];
  }
  if (servers > 7) {
    return [{ path, reason: `has ${servers} servers; etcd slows down beyond 7.`, fix: `${how} 3, 5 or 7.` }];
  }
  return [
    {
      path,
      reason: `has ${servers} servers; with an even number, etcd survives no more failures than with ${servers - 1}.`,
      fix: `${how} ${servers - 1} or ${servers + 1}${site.kind === "machines" ? " of the hosts" : ""}.`,
    },
  ];
});

/** Workloads need a node that takes them, and so do the cluster's own parts. */
export const somewhereToRun = rule(["site", "cluster"], ({ site, cluster }) => {
  if (schedulable(site, cluster).length > 0) return [];
  const { agents } = nodeCounts(site);
  if (cluster.schedulableServers || agents > 0) {
    return [
      {
        path: settingPath("site"),
        reason:
          "leaves no node without a taint that keeps workloads off, such as NoSchedule: the cluster's own would wait for ever.",
        fix: `Leave an agent untainted${cluster.schedulableServers ? "" : ", or write `schedulableServers: true` in grappe:cluster"}.`,
      },
    ];
  }
  return [
    {
      path: settingPath("cluster", ["schedulableServers"]),
      reason: "is false, and there is no agent: no node takes workloads.",
      fix: "Write true, or add an agent.",
    },
  ];
});
