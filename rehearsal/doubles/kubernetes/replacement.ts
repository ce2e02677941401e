import type { PropertyMap } from "../../../runtime/provider-protocol/property-value.ts";
import { hasUnknown, objectOf, textOf } from "../../../runtime/provider-protocol/property-value.ts";
import type { ReplacementRule } from "../provider-double.ts";

/**
 * Paths whose change replaces an object: `forceNew` of pulumi-kubernetes (provider/pkg/provider/diff.go). Secrets and
 * ConfigMaps are replaced with their data, as the provider's `enableSecretMutable` and `enableConfigMapMutable` are off.
 */
const FORCE_NEW: Readonly<Record<string, readonly string[]>> = {
  "apps/v1:Deployment": ["spec.selector"],
  "apps/v1:DaemonSet": ["spec.selector"],
  "apps/v1:StatefulSet": [
    ...["spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName"],
    "spec.volumeClaimTemplates",
  ],
  "batch/v1:Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "core/v1:ConfigMap": ["binaryData", "data"],
  "core/v1:Secret": ["type", "stringData", "data"],
  "core/v1:Service": ["spec.clusterIP"],
  "core/v1:ResourceQuota": ["spec.scopes"],
  "core/v1:PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "core/v1:PersistentVolume": ["spec.csi", "spec.hostPath", "spec.local", "spec.nfs"],
  "core/v1:Pod": ["spec"],
  "rbac.authorization.k8s.io/v1:ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1:RoleBinding": ["roleRef"],
  "storage.k8s.io/v1:StorageClass": ["parameters", "provisioner"],
  "helm.sh/v3:Release": ["name", "namespace"],
};

function startsWithPath(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);
}

/** An object's metadata; empty as long as a part of it is unknown. */
export function metadataOf(inputs: PropertyMap): PropertyMap {
  return hasUnknown(inputs.metadata ?? null) ? {} : objectOf(inputs.metadata);
}

export function isAutonamed(inputs: PropertyMap): boolean {
  return objectOf(metadataOf(inputs).annotations)["pulumi.com/autonamed"] === "true";
}

/** How an object of this type (`kubernetes:apps/v1:Deployment`) is replaced. */
export function kubernetesReplacement(type: string): ReplacementRule {
  const kind = type.replace(/^kubernetes:/, "");
  const paths = ["metadata.name", "metadata.namespace", ...(FORCE_NEW[kind] ?? [])];
  const isRelease = kind === "helm.sh/v3:Release";
  return {
    replaceOn: (_property, path) => paths.some((prefix) => startsWithPath(path, prefix)),
    // The new one must not meet the old one under its name.
    deleteBeforeReplace: (before, after) =>
      !isRelease &&
      !isAutonamed(after) &&
      ["name", "namespace"].every((key) => textOf(metadataOf(before)[key]) === textOf(metadataOf(after)[key])),
  };
}
