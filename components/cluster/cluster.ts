import type * as kubernetes from "@pulumi/kubernetes";
import type { Output, Resource, ResourceHookBinding } from "@pulumi/pulumi";

/** What a cluster gives to everything after it. k3s and kubeadm return the same shape. */
export interface Cluster {
  /** Gated on consecutive successes of `/readyz`; its `clusterIdentifier` never changes. */
  readonly provider: kubernetes.Provider;
  /** Secret; points at the stable address of the API. */
  readonly kubeconfig: Output<string>;
  /** The nodes' memberships: labels and taints are set once these stand. */
  readonly memberships: readonly Resource[];
  /** The servers stand, and the agents are about to join: enough for pods that can wait for their nodes. */
  readonly joining: readonly Resource[];
  /** In-cluster resources are `deletedWith` this: once the cluster goes, they need not be deleted one by one. */
  readonly anchor: Resource;
  /** Every Helm release on the cluster carries these, so that an interrupted one is taken up again. */
  readonly releaseHooks: ResourceHookBinding;
  /** Exact version of Kubernetes. */
  readonly version: string;
}
