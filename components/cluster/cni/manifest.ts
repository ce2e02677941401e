import type { Chart } from "../../host/artifacts/chart.ts";
import type { NodePort } from "../../settings/node-port.ts";

/** The distributions of Kubernetes that a pod network can be of. */
export type DistributionName = "k3s" | "kubeadm";

/**
 * How a pod network comes to a cluster. `builtIn`: the distribution brings it along. `chart`: Helm releases, after the nodes. `hosts`:
 * files and routes on each host, before it joins.
 */
export type Arrival = "builtIn" | "chart" | "hosts";

/** The settings of a cluster that a pod network's ports and needs follow from. */
export interface PodNetworkSettings {
  readonly flannelBackend: "vxlan" | "host-gw" | "wireguard-native";
}

/** What a pod network's releases are made from. */
export interface PodNetworkArgs {
  readonly cluster: PodNetworkSettings & {
    readonly podCidr: string;
    /** Whether kube-proxy leads from Services to pods; without it the pod network does. */
    readonly kubeProxy: boolean;
  };
  /** The nodes' own networks, each once. */
  readonly nodeNetworks: readonly string[];
  /** Nodes that take pods which tolerate the control plane's taint. */
  readonly openNodes: number;
  /** The stable address of the Kubernetes API. */
  readonly apiAddress: string;
  /** The network between nodes drops packets of addresses that it doesn't know as theirs, as OpenStack's does. */
  readonly hasPortSecurity: boolean;
  /** Images come from a bundle, which knows them by their tags and not by digests. */
  readonly bundled: boolean;
}

/** One Helm release of a pod network; each waits for the one before it. */
export interface PodNetworkRelease {
  readonly name: string;
  readonly chart: Chart;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A port at which a pod network's program answers whoever reaches the node. */
export interface PodNetworkOpenPort {
  readonly port: number;
  readonly what: string;
  /** What it gives to somebody without a key or a certificate. */
  readonly withoutKey: string;
}

/**
 * All that settings, security groups, bundle and documentation know of a pod network: to add one is to add a folder with its manifest, and a
 * line in manifests.ts. It imports nothing of the rooms but types and the settings' primitives.
 */
export interface CniManifest {
  /** As people know it. */
  readonly title: string;
  /** The distributions it goes with, and how it comes to each. */
  readonly distributions: Readonly<Partial<Record<DistributionName, Arrival>>>;
  /** The distributions with which network policies are enforced. */
  readonly enforcesPolicies: readonly DistributionName[];
  /** Whether it can lead from Services to pods in kube-proxy's place. */
  readonly replacesKubeProxy: boolean;
  /** Who gives a node the subnet of its pods: Kubernetes when it joins, or our allocator before. */
  readonly podSubnets: "kubernetes" | "allocator";
  /** With addresses of whom pods' packets travel between nodes: the nodes' own, in an overlay, or the pods'. */
  readonly packets: (settings: PodNetworkSettings) => "encapsulated" | "plain";
  /** What nodes let in from each other for it. */
  readonly nodePorts: (settings: PodNetworkSettings) => readonly NodePort[];
  /** Every setting on which its ports depend, once: what listens before settings are known listens for all of them. */
  readonly variants: readonly PodNetworkSettings[];
  /** TCP ports at which every node answers for it. */
  readonly openPorts: readonly PodNetworkOpenPort[];
  /** Modules that the hosts' kernel has to have. */
  readonly kernelModules: (settings: PodNetworkSettings) => readonly string[];
  /** Folders of hosts that are its own, without the leading slash. */
  readonly folders: readonly string[];
  /** Absent where it never is a chart. */
  readonly chart?: CniChart;
}

/** A pod network that is installed by Helm. */
export interface CniChart {
  /** Its charts in the order in which they are installed. */
  readonly charts: readonly Chart[];
  /** The namespace of its releases, which we make. */
  readonly namespace: string;
  /** Further namespaces, which it makes itself. */
  readonly furtherNamespaces: readonly string[];
  /** Images that its charts run, for a bundle. Empty: its operator chooses them, and `./grappe bundle --image` names them. */
  readonly images: readonly string[];
  /** Its releases (pure), with our values. */
  readonly releases: (args: PodNetworkArgs) => readonly PodNetworkRelease[];
}

/** Packets travel as they are (pure): by any protocol, from and to pods' addresses. */
export const plainPackets: NodePort = {
  to: "nodes",
  from: "nodes",
  protocol: "any",
  why: "pods' packets travel as they are",
};
