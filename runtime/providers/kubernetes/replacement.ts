/**
 * Properties that a kind's objects can't change, from the official provider's table (pulumi-kubernetes,
 * provider/pkg/provider/diff.go). A difference at or below one makes a new object.
 */
const immutable: Readonly<Record<string, readonly string[]>> = {
  "apps/v1/DaemonSet": ["spec.selector"],
  "apps/v1/Deployment": ["spec.selector"],
  "apps/v1/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "policy/v1beta1/PodDisruptionBudget": ["spec"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolume": ["spec.csi", "spec.hostPath", "spec.iscsi", "spec.local", "spec.nfs"],
  "v1/PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "v1/Pod": ["spec"],
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/Service": ["spec.clusterIP"],
};

/** Provider options by which ConfigMaps and Secrets change in place. */
export interface Mutability {
  readonly configMaps: boolean;
  readonly secrets: boolean;
}

const isAtOrBelow = (path: string, property: string): boolean =>
  path === property || path.startsWith(`${property}.`) || path.startsWith(`${property}[`);

/** The properties (pure) of a kind whose change makes a new object. */
export function replacedBy(kind: string, isImmutable: boolean, mutability: Mutability): readonly string[] {
  const identity = ["metadata.name", "metadata.namespace", "apiVersion", "kind"];
  if (kind === "v1/Secret") {
    return [...identity, "type", ...(mutability.secrets && !isImmutable ? [] : ["stringData", "data"])];
  }
  if (kind === "v1/ConfigMap") {
    return [...identity, ...(mutability.configMaps && !isImmutable ? [] : ["binaryData", "data"])];
  }
  return [...identity, ...(immutable[kind] ?? [])];
}

/** Whether a difference at `path` makes a new object. */
export function replaces(path: string, properties: readonly string[]): boolean {
  return properties.some((property) => isAtOrBelow(path, property));
}
