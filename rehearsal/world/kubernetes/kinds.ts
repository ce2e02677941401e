/** Kinds that stand outside of namespaces, of those that our programs use. */
const CLUSTER_SCOPED = new Set([
  ...["Namespace", "Node", "PersistentVolume", "StorageClass", "ClusterRole", "ClusterRoleBinding", "CSIDriver"],
  ...[
    "CustomResourceDefinition",
    "PriorityClass",
    "IngressClass",
    "GatewayClass",
    "RuntimeClass",
    "VolumeSnapshotClass",
  ],
  ...["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService", "CertificateSigningRequest"],
  ...["Installation", "APIServer", "Goldmane", "Whisker", "GlobalNetworkPolicy", "FelixConfiguration", "IPPool"],
  ...["ClusterIssuer"],
]);

export function isNamespaced(kind: string): boolean {
  return !CLUSTER_SCOPED.has(kind);
}

/** API groups of the custom resources that a chart brings. */
const CHART_GROUPS: Readonly<Record<string, readonly string[]>> = {
  metallb: ["metallb.io"],
  traefik: ["traefik.io", "gateway.networking.k8s.io", "hub.traefik.io"],
  "cloudnative-pg": ["postgresql.cnpg.io"],
  "plugin-barman-cloud": ["barmancloud.cnpg.io"],
  "tigera-operator": ["operator.tigera.io"],
  "crd.projectcalico.org.v1": ["crd.projectcalico.org", "operator.tigera.io"],
  "cert-manager": ["cert-manager.io", "acme.cert-manager.io"],
  "kube-prometheus-stack": ["monitoring.coreos.com"],
  "victoria-metrics-k8s-stack": ["operator.victoriametrics.com", "monitoring.coreos.com"],
  velero: ["velero.io"],
  k8up: ["k8up.io"],
};

/** A chart's own name, of its name or of the path of its folder or archive. */
export function chartName(chart: string): string {
  const file = chart.split("/").at(-1) ?? chart;
  return file.replace(/\.tgz$/, "").replace(/-v?\d+\.\d+.*$/, "");
}

/** API groups that a chart, given by name or by the path of its archive, brings custom resources of. */
export function groupsOfChart(chart: string): readonly string[] {
  return CHART_GROUPS[chartName(chart)] ?? [];
}

/**
 * Seconds until the provider calls an object ready. Plausible figures on Raspberry Pis with images to pull: workloads wait
 * for their rollout, everything else is one call of the API.
 */
const READY_SECONDS: Readonly<Record<string, number>> = {
  Deployment: 25,
  StatefulSet: 30,
  DaemonSet: 25,
  Job: 45,
  Pod: 15,
  PersistentVolumeClaim: 3,
  Service: 3,
  Ingress: 3,
};

export function readySeconds(kind: string): number {
  return READY_SECONDS[kind] ?? 0.3;
}

/** Kinds whose readiness needs a node to run on. */
export function runsOnNodes(kind: string): boolean {
  return ["Deployment", "StatefulSet", "DaemonSet", "Job", "Pod"].includes(kind);
}
