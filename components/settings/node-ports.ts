import { cniManifest, cnis } from "../cluster/cni/manifests.ts";
import type { NodePort } from "./node-port.ts";
import type { ClusterSettings } from "./schema/cluster.ts";
import type { PlatformSettings } from "./schema/platform.ts";

/** What is deployed, as far as nodes' ports follow from it. */
export interface DeployedOnNodes {
  readonly cluster: Pick<ClusterSettings, "cni" | "flannelBackend">;
  readonly platform: Pick<PlatformSettings, "loadBalancer">;
  readonly servers: number;
  readonly apiAddressIsVirtual: boolean;
  readonly loadBalancerPool: readonly string[];
}

const everyNode = { to: "nodes", from: "nodes" } as const;
const amongServers = { to: "servers", from: "servers" } as const;

const kubelet: NodePort = {
  ...everyNode,
  protocol: "tcp",
  ports: [10250, 10250],
  why: "logs, exec and metrics come from the kubelet",
};

/** The ports that nodes need of each other, each once. */
export function nodePorts(deployed: DeployedOnNodes): readonly NodePort[] {
  const { cluster } = deployed;
  return [...controlPlane(deployed), kubelet, ...cniManifest(cluster.cni).nodePorts(cluster), ...memberlist(deployed)];
}

function controlPlane({
  servers,
  apiAddressIsVirtual,
}: Pick<DeployedOnNodes, "servers" | "apiAddressIsVirtual">): readonly NodePort[] {
  const api: NodePort = {
    ...{ to: "servers", from: "nodes", protocol: "tcp" },
    ports: [6443, 6443],
    why: "the Kubernetes API, by which a node joins",
  };
  const etcd: NodePort = { ...amongServers, protocol: "tcp", ports: [2379, 2380], why: "etcd's members" };
  const vrrp: NodePort = { ...amongServers, protocol: "vrrp", why: "one server at a time holds the API's address" };
  return [api, ...(servers > 1 ? [etcd] : []), ...(apiAddressIsVirtual ? [vrrp] : [])];
}

function memberlist({
  platform,
  loadBalancerPool,
}: Pick<DeployedOnNodes, "platform" | "loadBalancerPool">): readonly NodePort[] {
  if (platform.loadBalancer !== "metallb" || loadBalancerPool.length === 0) return [];
  const why = "MetalLB's speakers notice by it that one is gone";
  return (["tcp", "udp"] as const).map((protocol) => ({ ...everyNode, protocol, ports: [7946, 7946], why }));
}

const keyOf = ({ to, from, protocol, ports = [0, 0] }: NodePort) => [to, from, protocol, ...ports].join();

/** Every port that any settings ask for, once, and none for packets of any protocol: what listens before they are known stays the same when they change. */
export const possibleNodePorts: readonly NodePort[] = [
  ...new Map(
    [
      ...controlPlane({ servers: 3, apiAddressIsVirtual: true }),
      kubelet,
      ...Object.values(cnis).flatMap(({ variants, nodePorts: of }) => variants.flatMap(of)),
      ...memberlist({ platform: { loadBalancer: "metallb" }, loadBalancerPool: ["any"] }),
    ]
      .filter(({ protocol }) => protocol !== "any")
      .map((port) => [keyOf(port), port] as const),
  ).values(),
];
