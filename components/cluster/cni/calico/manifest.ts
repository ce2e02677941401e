import { amongAllNodes } from "../../../settings/node-port.ts";
import type { CniManifest } from "../manifest.ts";
import { calicoValues } from "./values.ts";

const repository = "https://docs.tigera.io/calico/charts";
/** Since 3.32 Calico's resource definitions are a chart of their own. */
const definitions = { name: "crd.projectcalico.org.v1", version: "v3.32.2", repository };
const operator = { name: "tigera-operator", version: "v3.32.2", repository };

/** Calico by its operator. */
export const calico: CniManifest = {
  title: "Calico",
  distributions: { kubeadm: "chart" },
  enforcesPolicies: ["kubeadm"],
  replacesKubeProxy: false,
  podSubnets: "kubernetes",
  packets: () => "encapsulated",
  // BGP for where an operator switches the encapsulation off.
  nodePorts: () => [
    amongAllNodes("udp", 4789, "pods reach each other by Calico's VXLAN"),
    amongAllNodes("tcp", 5473, "Calico's nodes learn of each other from Typha"),
    amongAllNodes("tcp", 179, "Calico's BGP"),
  ],
  variants: [{ flannelBackend: "vxlan" }],
  openPorts: [
    { port: 5473, what: "Calico's Typha", withoutKey: "nothing" },
    { port: 179, what: "Calico's BGP", withoutKey: "nothing" },
  ],
  kernelModules: () => [],
  folders: ["var/lib/calico"],
  chart: {
    charts: [definitions, operator],
    namespace: "tigera-operator",
    furtherNamespaces: ["calico-system", "calico-apiserver"],
    images: [],
    releases: (args) => [
      { name: "calico-definitions", chart: definitions, values: {} },
      { name: "calico", chart: operator, values: calicoValues(args) },
    ],
  },
};
