import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster/cluster.ts";
import { type NetworkFlow, networkPolicySpec } from "./network-flows.ts";

/**
 * Options of a component whose children are objects of the cluster. Children inherit both: the one explicit provider, and
 * `deletedWith`, as objects of a cluster that goes need not be deleted one by one, nor can they be once its API is gone.
 * Helm releases among them get the cluster's hooks, which alone aren't inherited.
 */
export function inCluster(cluster: Cluster): pulumi.ComponentResourceOptions {
  const withReleaseHooks: pulumi.ResourceTransformation = ({ type, props, opts }) =>
    type === "kubernetes:helm.sh/v3:Release" ? { props, opts: { ...opts, hooks: cluster.releaseHooks } } : undefined;
  return { providers: [cluster.provider], deletedWith: cluster.anchor, transformations: [withReleaseHooks] };
}

/** Levels of Kubernetes' Pod Security Standards. */
export type PodSecurityLevel = "restricted" | "baseline" | "privileged";

/**
 * A namespace that enforces a Pod Security Standard, and in which pods are asked and ask by declared flows alone. Use its
 * `metadata.name` output for what lies in it: a literal loses the ordering edge.
 *
 * @param flows absent: what lies in it has policies of its own, and the others' pods none
 */
export function namespaceOf(
  name: string,
  level: PodSecurityLevel,
  opts: pulumi.CustomResourceOptions,
  flows?: readonly NetworkFlow[],
): kubernetes.core.v1.Namespace {
  const labels = {
    "pod-security.kubernetes.io/enforce": level,
    "pod-security.kubernetes.io/warn": level,
    "app.kubernetes.io/managed-by": "grappe",
  };
  const namespace = new kubernetes.core.v1.Namespace(`${name}-namespace`, { metadata: { name, labels } }, opts);
  if (flows !== undefined)
    new kubernetes.networking.v1.NetworkPolicy(
      `${name}-network-policy`,
      { metadata: { namespace: namespace.metadata.name, name: "declared-flows" }, spec: networkPolicySpec(flows) },
      { parent: opts.parent },
    );
  return namespace;
}
