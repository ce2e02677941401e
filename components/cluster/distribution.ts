import type { Input, Output } from "@pulumi/pulumi";
import type { ArtifactSource } from "../host/artifacts/artifact-source.ts";
import type { ArtifactRequest } from "../host/artifacts/install-plan.ts";
import type { Host } from "../host/host.ts";
import type { HostNeeds } from "../host/preparation/preparation.ts";
import type { Script } from "../host/script.ts";
import type { ArtifactsSettings } from "../settings/schema/artifacts.ts";
import type { ClusterSettings } from "../settings/schema/cluster.ts";
import type { SiteProxy } from "../settings/site-proxy.ts";

/** A script with its values, ready to be run on a host. */
export interface NodeStep {
  readonly script: Script;
  readonly values: Readonly<Record<string, Input<string>>>;
  readonly secrets: Readonly<Record<string, Input<string>>>;
}

/** What a distribution's configuration is made from: the same for all nodes. */
export interface DistributionArgs {
  readonly clusterName: string;
  readonly settings: ClusterSettings;
  readonly source: ArtifactSource;
  /** Servers first, in the order in which they join. */
  readonly hosts: readonly Host[];
  readonly apiAddress: string;
  readonly apiAddressIsVirtual: boolean;
  /** Further names and addresses in the API's certificate. */
  readonly certificateNames: Output<readonly string[]>;
  /** See `certificateMonth`. */
  readonly certificateMonth: string;
  /** The cluster's one secret: 32 bytes, hexadecimal. */
  readonly secret: Output<string>;
  readonly etcdS3SecretKey?: Output<string>;
  /** Mirrors and private registries, and their passwords: a JSON object, registry name to password. */
  readonly registries: ArtifactsSettings["registries"];
  readonly registryPasswords?: Output<string>;
  /** How images are pulled, and snapshots copied to S3. Default: directly. */
  readonly proxy?: SiteProxy | undefined;
}

/** What k3s and kubeadm each do their own way; all else about a cluster is the same. */
export interface Distribution {
  readonly name: ClusterSettings["distribution"];
  /** Strategic patch of CoreDNS' Deployment once there are several nodes; empty where its own manifest spreads its pods. */
  readonly clusterDnsPatch: string;
  readonly needs: (host: Host) => HostNeeds;
  readonly artifacts: (host: Host) => readonly ArtifactRequest[];
  /** What can be done on a machine before there is a cluster, by the suffix of its name; not one after another. */
  readonly beforeJoin: (host: Host) => Readonly<Record<string, NodeStep>>;
  /** Hash of what a node has to be drained for when it changes: version and configuration, but not labels and taints. */
  readonly configHash: (host: Host) => Output<string>;
  /** The month in which a node looks at its certificates; empty where it renews them by itself. */
  readonly certificateMonth: (host: Host) => string;
  /** Makes the cluster. Its output is the fingerprint of the cluster's certificate authority. */
  readonly bootstrap: (host: Host) => NodeStep;
  /** Joins a server or changes one. */
  readonly server: (host: Host, caFingerprint: Output<string>) => NodeStep;
  /** Joins an agent or stages its change. */
  readonly agent: (host: Host, caFingerprint: Output<string>) => NodeStep;
}
