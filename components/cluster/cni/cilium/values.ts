import type { PodNetworkArgs } from "../manifest.ts";

/** What Cilium does in kube-proxy's place (pure): it then finds the API without a Service, and answers load balancers at kube-proxy's port. */
function inPlaceOfKubeProxy(apiAddress: string) {
  return {
    kubeProxyReplacement: true,
    k8sServiceHost: apiAddress,
    k8sServicePort: 6443,
    kubeProxyReplacementHealthzBindAddr: "0.0.0.0:10256",
  };
}

/** Of its operators one has to be on another node than the other (the chart's own anti-affinity); a single node has one. */
const operators = (openNodes: number) => Math.max(1, Math.min(2, openNodes));

/**
 * Values of Cilium's chart (pure): pods' subnets by Kubernetes, as the other pod networks have them, their packets in VXLAN; no
 * observability and no HTTP proxy, which nothing of ours asks for and which a small node would feel.
 */
export function ciliumValues({
  cluster,
  openNodes,
  apiAddress,
  bundled,
}: Pick<PodNetworkArgs, "cluster" | "openNodes" | "apiAddress" | "bundled">) {
  // A digest is the registry's; an archive of a bundle is known to the container runtime by its tag alone.
  const image = bundled ? { image: { useDigest: false } } : {};
  return {
    ...image,
    ipam: { mode: "kubernetes" },
    k8s: { requireIPv4PodCIDR: true },
    routingMode: "tunnel",
    tunnelProtocol: "vxlan",
    ...(cluster.kubeProxy ? { kubeProxyReplacement: false } : inPlaceOfKubeProxy(apiAddress)),
    hubble: { enabled: false },
    l7Proxy: false,
    envoy: { enabled: false },
    operator: { ...image, replicas: operators(openNodes), prometheus: { enabled: false } },
  };
}
