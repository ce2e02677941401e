import { amongAllNodes } from "../../../settings/node-port.ts";
import type { CniManifest } from "../manifest.ts";
import { ciliumValues } from "./values.ts";

const version = "1.20.2";
const chart = { name: "cilium", version, repository: "https://helm.cilium.io/" };

/** Cilium, with kube-proxy or in its place. Ports and modules: its Documentation/operations/system_requirements.rst. */
export const cilium: CniManifest = {
  title: "Cilium",
  distributions: { k3s: "chart", kubeadm: "chart" },
  enforcesPolicies: ["k3s", "kubeadm"],
  replacesKubeProxy: true,
  podSubnets: "kubernetes",
  packets: () => "encapsulated",
  nodePorts: () => [
    amongAllNodes("udp", 8472, "pods reach each other by Cilium's VXLAN"),
    amongAllNodes("tcp", 4240, "Cilium's nodes look whether the others answer"),
  ],
  variants: [{ flannelBackend: "vxlan" }],
  openPorts: [{ port: 4240, what: "Cilium's health checks", withoutKey: "whether it is well" }],
  kernelModules: () => ["vxlan", "cls_bpf", "sch_ingress"],
  folders: [],
  chart: {
    charts: [chart],
    namespace: "cilium",
    furtherNamespaces: ["cilium-secrets"],
    // As the chart's values name them.
    images: [`quay.io/cilium/cilium:v${version}`, `quay.io/cilium/operator-generic:v${version}`],
    releases: (args) => [{ name: "cilium", chart, values: ciliumValues(args) }],
  },
};
