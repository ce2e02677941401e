import { type CniName, cniManifest, cniNames } from "../cluster/cni/manifests.ts";

/** A TCP port at which a host answers whoever reaches it. */
export interface OpenPort {
  readonly port: number;
  readonly on: "servers" | "nodes";
  readonly what: string;
  /** What it gives to somebody without a key or a certificate. */
  readonly withoutKey: string;
  /** Absent: always. */
  readonly with?: "metallb" | "nfs" | CniName;
}

/**
 * Every TCP port that grappe's hosts have open, besides node ports: docs/network-access.md shows this table, and tests/lab/life.test.ts
 * compares a scan of all ports with it.
 */
export const openPorts: readonly OpenPort[] = [
  { port: 22, on: "nodes", what: "SSH, or the port that the settings name", withoutKey: "its host key" },
  { port: 6443, on: "servers", what: "the Kubernetes API", withoutKey: "its certificate, version and health" },
  { port: 2379, on: "servers", what: "etcd, for API servers", withoutKey: "nothing" },
  { port: 2380, on: "servers", what: "etcd, for its members", withoutKey: "nothing" },
  { port: 10250, on: "nodes", what: "the kubelet", withoutKey: "its certificate" },
  { port: 10256, on: "nodes", what: "kube-proxy, for load balancers", withoutKey: "whether it is well" },
  { port: 7946, on: "nodes", what: "MetalLB's speakers among each other", withoutKey: "nothing", with: "metallb" },
  ...cniNames.flatMap((cni) =>
    cniManifest(cni).openPorts.map((port): OpenPort => ({ ...port, on: "nodes", with: cni })),
  ),
  {
    port: 2049,
    on: "nodes",
    what: "the NFS server, on its host",
    withoutKey: "all that is exported to its network",
    with: "nfs",
  },
];

/** The ports of a role (pure), without those of parts that aren't there. */
export function openPortsOf(
  role: "server" | "agent",
  parts: ReadonlySet<OpenPort["with"]> = new Set(),
): readonly number[] {
  return openPorts
    .filter(({ on }) => on === "nodes" || role === "server")
    .filter((one) => one.with === undefined || parts.has(one.with))
    .map(({ port }) => port)
    .toSorted((one, other) => one - other);
}
