import type { Host } from "../../host/host.ts";
import { yaml11 } from "../../host/yaml-1-1.ts";
import { prefixLength } from "../../settings/ipv4.ts";
import type { ClusterSettings } from "../../settings/schema/cluster.ts";
import type { Labels, Taint } from "../../settings/schema/node.ts";
import { auditDirectory, auditPolicyFile } from "../audit-log.ts";
import { controlOptions, controlsOfKubelet } from "../cis/controls.ts";
import type { BootstrapToken } from "../cluster-secret.ts";
import { allocatesPodSubnets } from "../cni/manifests.ts";
import {
  apiServerOptions,
  controllerManagerOptions,
  kubeletHeartbeat,
  leaderElectionOptions,
  type Options,
} from "../node-loss.ts";

/** Where the API server finds how Secrets are encrypted at rest. */
export const encryptionFile = "/etc/kubernetes/grappe/encryption.yaml";

/** Where kubeadm finds what of its own objects is changed, and the change of CoreDNS in it, by the name that kubeadm knows. */
const patchesDirectory = "/etc/kubernetes/grappe/patches";
export const dnsPatchFile = `${patchesDirectory}/corednsdeployment+strategic.yaml`;

/** kubeadm's own configuration API. */
const kubeadmApi = "kubeadm.k8s.io/v1beta4";

/** What every server's configuration of the cluster is made from. */
export interface ControlPlane {
  readonly clusterName: string;
  readonly settings: ClusterSettings;
  readonly apiAddress: string;
  /** Further names and addresses in the API's certificate. */
  readonly certificateNames: readonly string[];
  readonly environment: Host["environment"];
  /** Of the node's pods, where our allocator gives it. */
  readonly podSubnet: string;
}

/** What one node's registration is made from. */
export interface Registration {
  readonly name: string;
  readonly address: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly environment: Host["environment"];
}

/**
 * Checks of kubeadm that fail on a lab's container for what is this computer's, not the host's: its kernel configuration,
 * swap, memory and processors, bridge filtering; and, of a kubeadm built with Go 1.26 or newer, its own URL check.
 */
const ignoredInContainers = [
  "SystemVerification",
  "Swap",
  "Mem",
  "NumCPU",
  "FileContent--proc-sys-net-bridge-bridge-nf-call-iptables",
  "HTTPProxyCIDR",
];

/** Checks of kubeadm that are left out on a host, by comma; empty on real machines but for a small Pi's memory. */
export function ignoredChecks(environment: Host["environment"]): readonly string[] {
  return environment === "container" ? ignoredInContainers : ["Mem"];
}

const criSocket = "unix:///run/containerd/containerd.sock";

const argument = (name: string, value: string) => ({ name, value });

const asArguments = (options: Options) => options.map(([name, value]) => argument(name, value));

function nodeRegistration(node: Registration) {
  return {
    name: node.name,
    criSocket,
    imagePullPolicy: "IfNotPresent",
    taints: node.taints,
    ignorePreflightErrors: ignoredChecks(node.environment),
    kubeletExtraArgs: [
      argument("node-ip", node.address),
      argument(
        "node-labels",
        Object.entries(node.labels)
          .map(([name, value]) => `${name}=${value}`)
          .toSorted()
          .join(","),
      ),
    ],
  };
}

const fileForApiServer = (name: string, path: string) => ({
  name,
  hostPath: path,
  mountPath: path,
  readOnly: true,
  pathType: "File",
});

/** What the API server gets (pure): Secrets encrypted at rest unless the settings say otherwise, the audit log, the benchmark's options. */
function apiServer(plane: ControlPlane) {
  const { settings } = plane;
  const encrypts = settings.secretsEncryption;
  return {
    certSANs: certificateNames(plane),
    extraArgs: [
      ...(encrypts ? [argument("encryption-provider-config", encryptionFile)] : []),
      ...asArguments(apiServerOptions(settings.nodeLoss)),
      ...asArguments(controlOptions("kubeadm", "apiServer")),
    ],
    extraVolumes: [
      ...(encrypts ? [fileForApiServer("grappe-encryption", encryptionFile)] : []),
      fileForApiServer("grappe-audit-policy", auditPolicyFile),
      { name: "grappe-audit-log", hostPath: auditDirectory, mountPath: auditDirectory, pathType: "DirectoryOrCreate" },
    ],
  };
}

/** The cluster's configuration (pure), the same on every server; kubeadm keeps it in the cluster. */
export function clusterConfiguration(plane: ControlPlane) {
  const { settings, apiAddress } = plane;
  // Each node's pod subnet stands in its own CNI configuration; the controller would hand out others that nobody uses.
  const routed = allocatesPodSubnets(settings) ? [argument("allocate-node-cidrs", "false")] : [];
  return {
    apiVersion: kubeadmApi,
    kind: "ClusterConfiguration",
    clusterName: plane.clusterName,
    kubernetesVersion: kubernetesVersion(settings.version),
    controlPlaneEndpoint: `${apiAddress}:6443`,
    ...(settings.kubeProxy ? {} : { proxy: { disabled: true } }),
    networking: { podSubnet: settings.podCidr, serviceSubnet: settings.serviceCidr },
    apiServer: apiServer(plane),
    controllerManager: {
      extraArgs: [
        ...routed,
        ...asArguments(controllerManagerOptions(settings.nodeLoss)),
        ...asArguments(controlOptions("kubeadm", "controllerManager")),
      ],
    },
    scheduler: {
      extraArgs: asArguments([...leaderElectionOptions(settings.nodeLoss), ...controlOptions("kubeadm", "scheduler")]),
    },
  };
}

/** Names in the API's certificate besides those that kubeadm puts there; the loopback is for our own steps. */
export function certificateNames(plane: Pick<ControlPlane, "apiAddress" | "certificateNames">): readonly string[] {
  return [...new Set([plane.apiAddress, ...plane.certificateNames, "127.0.0.1", "localhost"])];
}

/** Pods that a node may have: as many as its subnet has addresses, less network, broadcast and gateway; at most 110. */
function maxPods(podSubnet: string): number {
  return Math.min(110, 2 ** (32 - prefixLength(podSubnet)) - 3);
}

/**
 * A container's kubelet sees the disk of the computer under the lab and takes it for the node's: at 85 % it would delete
 * images that came from the bundle and evict all pods. There it acts when the disk is nearly full.
 */
const containerKubelet = {
  failCgroupV1: false,
  failSwapOn: false,
  imageGCHighThresholdPercent: 100,
  evictionHard: { "memory.available": "100Mi", "nodefs.available": "1Gi", "imagefs.available": "1Gi" },
};

/** The kubelets' configuration (pure), the same on every node. */
export function kubeletConfiguration(plane: Pick<ControlPlane, "environment" | "settings" | "podSubnet">) {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "systemd",
    ...controlsOfKubelet("kubeadm"),
    ...kubeletHeartbeat(plane.settings.nodeLoss),
    ...(allocatesPodSubnets(plane.settings) ? { maxPods: maxPods(plane.podSubnet) } : {}),
    // Since 1.35 the kubelet refuses cgroup v1, which the computer under a lab may still have.
    ...(plane.environment === "container" ? containerKubelet : {}),
  };
}

/** kube-proxy's configuration (pure). In a container the kernel's connection tracking isn't its to size. */
export function kubeProxyConfiguration(plane: Pick<ControlPlane, "environment" | "settings">) {
  const conntrack = { maxPerCore: 0, min: 0, tcpCloseWaitTimeout: "0s", tcpEstablishedTimeout: "0s" };
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clusterCIDR: plane.settings.podCidr,
    ...(plane.environment === "container" ? { conntrack } : {}),
  };
}

/** kubeadm's version of a setting such as `1.36.3`. */
export function kubernetesVersion(version: string): string {
  return `v${version.replace(/^v/, "")}`;
}

const documents = (...parts: readonly object[]) =>
  parts.map((part) => yaml11(part, { aliasDuplicateObjects: false })).join("---\n");

/** The configurations of the cluster and of what runs on its nodes (pure); of kube-proxy only where it runs. */
function clusterDocuments(plane: ControlPlane): readonly object[] {
  const proxy = plane.settings.kubeProxy ? [kubeProxyConfiguration(plane)] : [];
  return [clusterConfiguration(plane), kubeletConfiguration(plane), ...proxy];
}

/** What a server takes its changed configuration from. Without its own address kubeadm would take the default route's. */
export function renderClusterConfig(plane: ControlPlane, node: Pick<Registration, "name" | "address">): string {
  const init = {
    apiVersion: kubeadmApi,
    kind: "InitConfiguration",
    localAPIEndpoint: { advertiseAddress: node.address, bindPort: 6443 },
    nodeRegistration: { name: node.name, criSocket },
  };
  return documents(init, ...clusterDocuments(plane));
}

/** What the cluster is made with. The token is there because kubeadm else makes one that lives a day; it lives a minute. */
export function renderInitConfig(plane: ControlPlane, node: Registration, token: BootstrapToken): string {
  const init = {
    apiVersion: kubeadmApi,
    kind: "InitConfiguration",
    bootstrapTokens: [{ token: `${token.id}.${token.secret}`, ttl: "1m0s", usages: ["signing", "authentication"] }],
    localAPIEndpoint: { advertiseAddress: node.address, bindPort: 6443 },
    nodeRegistration: nodeRegistration(node),
    patches: { directory: patchesDirectory },
  };
  return documents(init, ...clusterDocuments(plane));
}

/** Two pods of CoreDNS on two machines (pure). Else both are started on the first server, and names are lost with it. */
const dnsApart = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: { "k8s-app": "kube-dns" } }, topologyKey: "kubernetes.io/hostname" },
    ],
  },
};

/**
 * Asks CoreDNS every 2 s whether it is ready, not every 10 as kubeadm's manifest does, and waits as long before it counts as
 * gone (pure). Its first answer is mostly no, as it waits for the API; without it, no application finds another one for 10 s more.
 *
 * @param machines that the cluster has; on a single one both pods stay; `cluster-dns.sh` brings the patch for several to a cluster that grows
 */
export function renderDnsPatch(machines: number): string {
  const readinessProbe = { periodSeconds: 2, failureThreshold: 15 };
  const spec = { containers: [{ name: "coredns", readinessProbe }], ...(machines > 1 ? { affinity: dnsApart } : {}) };
  return yaml11({ spec: { template: { spec } } });
}

export interface Join {
  readonly apiAddress: string;
  readonly node: Registration;
  readonly token: BootstrapToken;
  /** SHA-256 of the public key of the cluster's certificate authority, hexadecimal. */
  readonly caFingerprint: string;
  /** For a server: decrypts the control plane's certificates. */
  readonly certificateKey?: string;
}

/** What a machine joins with. */
export function renderJoinConfig(join: Join): string {
  const { node, certificateKey } = join;
  const controlPlane =
    certificateKey === undefined
      ? {}
      : { controlPlane: { localAPIEndpoint: { advertiseAddress: node.address, bindPort: 6443 }, certificateKey } };
  return documents({
    apiVersion: kubeadmApi,
    kind: "JoinConfiguration",
    discovery: {
      bootstrapToken: {
        apiServerEndpoint: `${join.apiAddress}:6443`,
        token: `${join.token.id}.${join.token.secret}`,
        caCertHashes: [`sha256:${join.caFingerprint}`],
      },
    },
    nodeRegistration: nodeRegistration(node),
    ...controlPlane,
  });
}

/**
 * How the API server encrypts Secrets at rest: by a key of its own; what was written before in plain stays readable.
 *
 * @param key 32 bytes, Base64
 */
export function renderEncryptionConfig(key: string): string {
  return documents({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [
      {
        resources: ["secrets"],
        providers: [{ secretbox: { keys: [{ name: "grappe", secret: key }] } }, { identity: {} }],
      },
    ],
  });
}
