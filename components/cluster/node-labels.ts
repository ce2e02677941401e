import type { Host } from "../host/host.ts";
import type { ClusterSettings } from "../settings/schema/cluster.ts";
import type { Labels, Taint } from "../settings/schema/node.ts";
import { subnetLabel, subnetLabelValue } from "./machine-label.ts";

const failureDomainLabel = "topology.kubernetes.io/zone";
const controlPlaneTaint: Taint = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };

/** All labels that a node gets from us: the settings' and those that follow from them. */
export function nodeLabels(host: Pick<Host, "labels" | "subnet" | "failureDomain">): Labels {
  return {
    ...(host.failureDomain === undefined ? {} : { [failureDomainLabel]: host.failureDomain }),
    ...host.labels,
    [subnetLabel]: subnetLabelValue(host.subnet),
  };
}

/** All taints that a node gets from us. */
export function nodeTaints(
  host: Pick<Host, "role" | "taints">,
  settings: Pick<ClusterSettings, "schedulableServers">,
): readonly Taint[] {
  return host.role === "server" && !settings.schedulableServers ? [controlPlaneTaint, ...host.taints] : host.taints;
}

/** A taint as kubectl and the kubelet write it: `key=value:Effect`. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}=${value ?? ""}:${effect}`;
}

/** Labels as lines `name=value`, sorted. */
export function labelLines(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join("\n");
}

/** Taints as lines `key=value:Effect`, sorted. */
export function taintLines(taints: readonly Taint[]): string {
  return taints.map(taintText).toSorted().join("\n");
}
