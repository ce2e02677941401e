import assert from "node:assert/strict";
import type { Host } from "../../host/host.ts";
import { yaml11 } from "../../host/yaml-1-1.ts";
import type { ClusterSettings } from "../../settings/schema/cluster.ts";
import type { Labels, Taint } from "../../settings/schema/node.ts";
import { controlOptions, controlsOfKubelet } from "../cis/controls.ts";
import { cniManifest } from "../cni/manifests.ts";
import { robfigCron } from "../etcd-snapshot-schedule.ts";
import { taintText } from "../node-labels.ts";
import {
  apiServerOptions,
  controllerManagerOptions,
  kubeletHeartbeat,
  leaderElectionOptions,
  type Options,
} from "../node-loss.ts";

/** Where k3s reads its tokens: files of their own, for root only, so that no configuration holds them. */
export const serverTokenFile = "/etc/rancher/k3s/server-token";
export const agentTokenFile = "/etc/rancher/k3s/agent-token";

/** Parts of k3s that grappe brings itself, or leaves out: metrics-server's image is in no bundle of ours, and nothing here asks it. */
const disabled = ["traefik", "servicelb", "local-storage", "metrics-server"];

export interface K3sNode {
  readonly name: string;
  readonly address: string;
  readonly environment: Host["environment"];
}

export interface K3sServer extends K3sNode {
  readonly settings: ClusterSettings;
  readonly apiAddress: string;
  /** Further names and addresses in the API's certificate. */
  readonly certificateNames: readonly string[];
}

const asArguments = (options: Options) => options.map(([name, value]) => `${name}=${value}`);

/**
 * What k3s' kubelet reads besides k3s' own (pure), from its folder of drop-ins (pkg/daemons/agent/agent_linux.go); its lease has no
 * option.
 */
export function renderKubeletConfig({ nodeLoss }: Pick<ClusterSettings, "nodeLoss">): string {
  return yaml11({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    ...controlsOfKubelet("k3s"),
    ...kubeletHeartbeat(nodeLoss),
  });
}

/** Whether k3s' own pod network, flannel with a controller for network policies beside it, is the cluster's. */
function bringsPodNetwork({ cni }: Pick<ClusterSettings, "cni">): boolean {
  return cniManifest(cni).distributions.k3s === "builtIn";
}

/** `@interface@` stands for the interface that has the node's address, which only the host knows. */
function nodeConfig({ name, address, environment }: K3sNode, flannel: boolean) {
  // In a container the kernel's connection tracking isn't kube-proxy's to size.
  const conntrack = [
    "conntrack-max-per-core=0",
    "conntrack-min=0",
    "conntrack-tcp-timeout-established=0s",
    "conntrack-tcp-timeout-close-wait=0s",
  ];
  return {
    "node-name": name,
    "node-ip": address,
    ...(flannel ? { "flannel-iface": "@interface@" } : {}),
    ...(environment === "container" ? { "kube-proxy-arg": conntrack } : {}),
  };
}

/**
 * A server's `config.yaml` (pure). How it joins, its labels and its secrets stand in files of their own in `config.yaml.d`, which
 * k3s reads after it, in their names' order; none says again what another says (pkg/configfilearg/parser.go). The keys are the
 * options' names (pkg/cli/cmds/server.go, agent.go).
 */
export function renderServerConfig(server: K3sServer): string {
  const { settings, address, apiAddress, certificateNames } = server;
  const flannel = bringsPodNetwork(settings);
  return yaml11({
    ...nodeConfig(server, flannel),
    "advertise-address": address,
    "tls-san": [...new Set([apiAddress, address, ...certificateNames])],
    "token-file": serverTokenFile,
    "agent-token-file": agentTokenFile,
    "cluster-cidr": settings.podCidr,
    "service-cidr": settings.serviceCidr,
    "flannel-backend": flannel ? settings.flannelBackend : "none",
    ...(flannel ? {} : { "disable-network-policy": true }),
    ...(settings.kubeProxy ? {} : { "disable-kube-proxy": true }),
    disable: disabled,
    "secrets-encryption": settings.secretsEncryption,
    "kube-apiserver-arg": asArguments([...apiServerOptions(settings.nodeLoss), ...controlOptions("k3s", "apiServer")]),
    "kube-controller-manager-arg": asArguments([
      ...controllerManagerOptions(settings.nodeLoss),
      ...controlOptions("k3s", "controllerManager"),
    ]),
    "kube-scheduler-arg": asArguments([
      ...leaderElectionOptions(settings.nodeLoss),
      ...controlOptions("k3s", "scheduler"),
    ]),
    "write-kubeconfig-mode": "0600",
    "etcd-expose-metrics": true,
    "etcd-snapshot-schedule-cron": robfigCron(settings.etcdSnapshots.schedule),
    "etcd-snapshot-retention": settings.etcdSnapshots.retention,
  });
}

/**
 * Where a server's snapshots are copied to (pure); it holds a secret. Empty without S3. What is kept there is counted over all
 * servers together, as k3s knows snapshots in a bucket by their common prefix only (pkg/etcd/s3/s3.go).
 *
 * @param proxy the address of the HTTP proxy to it, with its login; empty: none
 * @throws if S3 is configured without its secret key
 */
export function renderSnapshotConfig(
  settings: ClusterSettings["etcdSnapshots"],
  secretKey: string | undefined,
  servers: number,
  proxy = "",
): string {
  const { s3, retention } = settings;
  if (s3 === undefined) return "";
  assert(secretKey !== undefined, "etcd snapshots go to S3, but grappe:etcdS3SecretKey is missing");
  return yaml11({
    "etcd-s3": true,
    "etcd-s3-endpoint": s3.endpoint,
    "etcd-s3-bucket": s3.bucket,
    "etcd-s3-region": s3.region,
    "etcd-s3-folder": s3.folder,
    "etcd-s3-access-key": s3.accessKey,
    "etcd-s3-secret-key": secretKey,
    "etcd-s3-retention": retention * servers,
    ...(proxy === "" ? {} : { "etcd-s3-proxy": proxy }),
  });
}

/** An agent's `config.yaml` (pure). */
export function renderAgentConfig(node: K3sNode, apiAddress: string, settings: Pick<ClusterSettings, "cni">): string {
  return yaml11({
    server: `https://${apiAddress}:6443`,
    "token-file": agentTokenFile,
    ...nodeConfig(node, bringsPodNetwork(settings)),
  });
}

/** Labels and taints as a node registers with them (pure). The labels k3s puts on again at every start (pkg/agent/run.go). */
export function renderRegistration(labels: Labels, taints: readonly Taint[]): string {
  return yaml11({
    "node-label": Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .toSorted(),
    "node-taint": taints.map(taintText).toSorted(),
  });
}

/**
 * How a server joins (pure); removed once it is a member: etcd's data on its disk then says so (pkg/cluster/bootstrap.go), and a
 * restore (`--cluster-reset`) is refused as long as it stands there (pkg/cli/server/server.go).
 */
export function renderServerJoin(apiAddress: string): string {
  return yaml11({ server: `https://${apiAddress}:6443` });
}

/** How the first server makes the cluster (pure); removed once it has. */
export const bootstrapJoin = yaml11({ "cluster-init": true });

/**
 * A token that also says which cluster it is for, so that no other can pose as it: k3s' own secure format (pure). The
 * fingerprint is the SHA-256 of the authority's file; where k3s keeps the password itself, it cuts it out of this
 * (pkg/clientaccess/token.go, pkg/passwd/passwd.go).
 */
export function secureToken(caFingerprint: string, user: "server" | "node", token: string): string {
  return `K10${caFingerprint}::${user}:${token}`;
}
