import { yaml11 } from "../host/yaml-1-1.ts";
import type { ClusterSettings } from "../settings/schema/cluster.ts";

/** What is kept from pods on a machine that has at least so much memory, in MiB. */
export interface Reservation {
  readonly machine: number;
  /** For SSH, the journal and what else a machine runs. */
  readonly system: number;
  /** For kubelet and containerd; of k3s' servers for the whole control plane, which kubeadm has in pods. */
  readonly kube: number;
}

const small = [
  { machine: 0, system: 64, kube: 64 },
  { machine: 1_800, system: 96, kube: 96 },
  { machine: 3_500, system: 128, kube: 128 },
  { machine: 15_000, system: 256, kube: 256 },
];
const withControlPlane = [
  { machine: 0, system: 64, kube: 192 },
  { machine: 1_800, system: 96, kube: 320 },
  { machine: 3_500, system: 128, kube: 512 },
  { machine: 15_000, system: 256, kube: 1_024 },
];

/**
 * Memory that pods don't get, by the machine's (pure), ascending: the last row that a machine reaches is its own. Pods together may
 * take the rest, so that a machine that is full kills one of them and not what runs them. Processors are shared by weight, and nothing
 * dies for want of them: none is kept.
 */
export function reservations(
  distribution: ClusterSettings["distribution"],
  role: "server" | "agent",
): readonly Reservation[] {
  return distribution === "k3s" && role === "server" ? withControlPlane : small;
}

/** The rows as lines for a script (pure), and the kubelet's drop-in whose `@system@` and `@kube@` it fills in. */
export function reservedMemoryValues(distribution: ClusterSettings["distribution"], role: "server" | "agent") {
  return {
    reservedMemory: reservations(distribution, role)
      .map(({ machine, system, kube }) => `${machine} ${system} ${kube}\n`)
      .join(""),
    reservedMemoryConfig: renderReservedMemory("@system@", "@kube@"),
  };
}

/** A kubelet's drop-in (pure). */
export function renderReservedMemory(system: string | number, kube: string | number): string {
  return yaml11({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    systemReserved: { memory: `${system}Mi` },
    kubeReserved: { memory: `${kube}Mi` },
  });
}
