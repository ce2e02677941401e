import type { ClusterSettings } from "../settings/schema/cluster.ts";

type NodeLoss = ClusterSettings["nodeLoss"];

/** A program's options, name and value; kubeadm and k3s write them in ways of their own. */
export type Options = readonly (readonly [name: string, value: string])[];

/** Options (pure) by which the API server lets pods that say nothing else leave a lost node. */
export function apiServerOptions({ tolerationSeconds }: NodeLoss): Options {
  return ["not-ready", "unreachable"].map((taint) => [
    `default-${taint}-toleration-seconds`,
    String(tolerationSeconds),
  ]);
}

/**
 * Options (pure) by which the controller manager notices that a node is lost; it looks often enough not to add to the time. Where the
 * one that is in charge was on that node, another one takes over first, and gives every node its grace anew.
 */
export function controllerManagerOptions(nodeLoss: NodeLoss): Options {
  return [
    ["node-monitor-grace-period", `${nodeLoss.monitorGraceSeconds}s`],
    ["node-monitor-period", "2s"],
    ...leaderElectionOptions(nodeLoss),
  ];
}

/** Options (pure) of controller manager and scheduler: how long one that is gone is still taken for the one in charge. */
export function leaderElectionOptions({ leaderElectionSeconds }: NodeLoss): Options {
  return [
    ["leader-elect-lease-duration", `${leaderElectionSeconds}s`],
    // Two thirds of it, as Kubernetes' own 10 of 15: one that can't renew for so long stops.
    ["leader-elect-renew-deadline", `${Math.floor((leaderElectionSeconds * 2) / 3)}s`],
    ["leader-elect-retry-period", "2s"],
  ];
}

/**
 * The kubelet's part (pure). What counts as a sign of life is its lease, a small object, which it renews in a quarter of the lease's
 * time; its whole status it writes only when that has changed, and every five minutes.
 */
export function kubeletHeartbeat({ statusUpdateSeconds }: NodeLoss) {
  return {
    nodeStatusUpdateFrequency: `${statusUpdateSeconds}s`,
    nodeStatusReportFrequency: "5m",
    nodeLeaseDurationSeconds: 4 * statusUpdateSeconds,
  };
}

/**
 * Environment of whatever runs a kubelet, as systemd has it: a connection to a server that lost power, which no packet closes, is
 * given up after 7 s, not 45 (k8s.io/apimachinery/pkg/util/net): else a node that lives would count as lost.
 */
export const connectionEnvironment = `Environment="HTTP2_READ_IDLE_TIMEOUT_SECONDS=4" "HTTP2_PING_TIMEOUT_SECONDS=3"`;
