import type { ClusterSettings } from "./schema/cluster.ts";
import type { PlatformSettings } from "./schema/platform.ts";

/** What nodes let in from each other: the source of OpenStack's security rules, and of what is tried before anything is installed. */
export interface NodePort {
  /** `nodes`: every node, servers among them. */
  readonly to: "nodes" | "servers";
  readonly from: "nodes" | "servers";
  readonly protocol: "tcp" | "udp" | "vrrp" | "any";
  /** First and last port, of tcp and udp only. */
  readonly ports?: readonly [from: number, to: number];
  /** What doesn't work without it. */
  readonly why: string;
}

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
  return [...controlPlane(deployed), kubelet, ...podNetwork(deployed.cluster), ...memberlist(deployed)];
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

function podNetwork({ cni, flannelBackend }: DeployedOnNodes["cluster"]): readonly NodePort[] {
  const one = (protocol: NodePort["protocol"], port: number, why: string): NodePort => ({
    ...everyNode,
    protocol,
    ports: [port, port],
    why,
  });
  if (cni === "calico") {
    // BGP for where an operator switches the encapsulation off.
    return [
      one("udp", 4789, "pods reach each other by Calico's VXLAN"),
      one("tcp", 5473, "Calico's nodes learn of each other from Typha"),
      one("tcp", 179, "Calico's BGP"),
    ];
  }
  if (cni === "flannel" && flannelBackend === "vxlan")
    return [one("udp", 8472, "pods reach each other by flannel's VXLAN")];
  if (cni === "flannel" && flannelBackend === "wireguard-native")
    return [one("udp", 51820, "pods reach each other by WireGuard")];
  // Pods' packets travel as they are; their addresses are the nodes' allowed address pairs.
  return [{ ...everyNode, protocol: "any", why: "pods' packets travel as they are" }];
}

function memberlist({
  platform,
  loadBalancerPool,
}: Pick<DeployedOnNodes, "platform" | "loadBalancerPool">): readonly NodePort[] {
  if (platform.loadBalancer !== "metallb" || loadBalancerPool.length === 0) return [];
  const why = "MetalLB's speakers notice by it that one is gone";
  return (["tcp", "udp"] as const).map((protocol) => ({ ...everyNode, protocol, ports: [7946, 7946], why }));
}

/** Every port that any settings ask for: what listens before they are known stays the same when they change. */
export const possibleNodePorts: readonly NodePort[] = [
  ...controlPlane({ servers: 3, apiAddressIsVirtual: true }),
  kubelet,
  ...(
    [
      { cni: "calico", flannelBackend: "vxlan" },
      { cni: "flannel", flannelBackend: "vxlan" },
      { cni: "flannel", flannelBackend: "wireguard-native" },
    ] as const
  ).flatMap(podNetwork),
  ...memberlist({ platform: { loadBalancer: "metallb" }, loadBalancerPool: ["any"] }),
];
