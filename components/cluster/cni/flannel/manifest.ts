import { amongAllNodes } from "../../../settings/node-port.ts";
import { type CniManifest, plainPackets } from "../manifest.ts";
import { flannelValues } from "./values.ts";

const chart = { name: "flannel", version: "v0.28.9", repository: "https://flannel-io.github.io/flannel/" };

/** flannel: a part of k3s, which enforces policies beside it; a chart under kubeadm, where nothing does. */
export const flannel: CniManifest = {
  title: "flannel",
  distributions: { k3s: "builtIn", kubeadm: "chart" },
  enforcesPolicies: ["k3s"],
  replacesKubeProxy: false,
  podSubnets: "kubernetes",
  packets: ({ flannelBackend }) => (flannelBackend === "host-gw" ? "plain" : "encapsulated"),
  nodePorts: ({ flannelBackend }) => {
    if (flannelBackend === "vxlan") return [amongAllNodes("udp", 8472, "pods reach each other by flannel's VXLAN")];
    if (flannelBackend === "wireguard-native")
      return [amongAllNodes("udp", 51820, "pods reach each other by WireGuard")];
    return [plainPackets];
  },
  variants: [{ flannelBackend: "vxlan" }, { flannelBackend: "wireguard-native" }],
  openPorts: [],
  kernelModules: ({ flannelBackend }) => (flannelBackend === "wireguard-native" ? ["wireguard"] : []),
  folders: [],
  chart: {
    charts: [chart],
    namespace: "kube-flannel",
    furtherNamespaces: [],
    // As the chart's values name them.
    images: ["ghcr.io/flannel-io/flannel:v0.28.9", "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel2"],
    releases: (args) => [{ name: "flannel", chart, values: flannelValues(args) }],
  },
};
