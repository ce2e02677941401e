import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { apiHealthCheck, renderKeepalived } from "../../components/cluster/api-endpoint.ts";
import { auditPolicy, auditPolicyFile } from "../../components/cluster/audit-log.ts";
import { renderContainerdVersion2 } from "../../components/cluster/kubeadm/containerd-config.ts";
import {
  type ControlPlane,
  dnsPatchFile,
  encryptionFile,
  kubernetesVersion,
  type Registration,
  renderDnsPatch,
  renderEncryptionConfig,
  renderInitConfig,
  renderJoinConfig,
} from "../../components/cluster/kubeadm/kubeadm-config.ts";
import { kubeletDropIn, kubeletUnit, reservedMemoryFile } from "../../components/cluster/kubeadm/kubelet-unit.ts";
import { sandboxImage, unusedImages } from "../../components/cluster/kubeadm/kubernetes-images.ts";
import { renderRoutedConflist, renderRoutes } from "../../components/cluster/kubeadm/routed-network.ts";
import { routesScript, routesService } from "../../components/cluster/kubeadm/routes-unit.ts";
import { nodeLabels, nodeTaints } from "../../components/cluster/node-labels.ts";
import { renderReservedMemory } from "../../components/cluster/reserved-memory.ts";
import type { Bundle, BundleArtifact } from "../../components/host/bundle.ts";
import type { ParsedSettings } from "../../components/settings/parse.ts";
import type { HostPlan } from "../../components/settings/settings.ts";
import type { Lab } from "../hardware/hosts.ts";

/** What a floor is brought up from: the settings of our own run, on other hosts. */
export interface BareCluster {
  readonly settings: ParsedSettings;
  readonly bundle: Bundle;
  readonly lab: Lab;
  /** The applications' objects as our own run made them, and addresses that must answer. */
  readonly objects: readonly object[];
  readonly addresses: readonly string[];
}

/** One-way values: the floor's cluster lives for minutes. */
const token = { id: "floor0", secret: "0123456789abcdef" };
const certificateKey = "0".repeat(64);
const encryptionKey = Buffer.alloc(32, 7).toString("base64");

type Files = Readonly<Record<string, { readonly text: string; readonly mode?: number } | { readonly from: string }>>;

function controlPlane({ settings }: BareCluster, { podSubnet }: HostPlan): ControlPlane {
  const { cluster, apiAddress } = settings;
  return {
    clusterName: "floor",
    settings: cluster,
    apiAddress,
    certificateNames: cluster.apiServerNames,
    environment: "container",
    podSubnet,
  };
}

function registration({ settings }: BareCluster, host: HostPlan): Registration {
  return {
    name: host.name,
    address: host.privateAddress,
    labels: nodeLabels(host),
    taints: nodeTaints(host, settings.cluster),
    environment: "container",
  };
}

/** The artifacts that a host of this role runs with. */
function artifactsOf({ bundle, settings }: BareCluster, { role, architecture }: HostPlan): readonly BundleArtifact[] {
  const unused = unusedImages(settings.cluster.version, role);
  return bundle.artifacts.filter(
    (artifact) =>
      (artifact.architecture === architecture || artifact.architecture === "any") &&
      artifact.kind !== "chart" &&
      !(artifact.name === "kubectl" && role === "agent") &&
      !(artifact.kind === "image" && unused.has(`${artifact.name}:${artifact.version}`)),
  );
}

function destinationOf({ kind, name, file, unpackedSha256 }: BundleArtifact): string {
  if (kind === "binary")
    return unpackedSha256 === undefined ? `usr/local/bin/${name}` : `var/lib/bare/programs/${name}.zst`;
  return kind === "image" ? `var/lib/bare/images/${file.split("/").at(-1)}` : `var/lib/bare/${name}.tgz`;
}

function artifactFiles(cluster: BareCluster, host: HostPlan): Files {
  const version = kubernetesVersion(cluster.settings.cluster.version);
  const entries = artifactsOf(cluster, host)
    .filter(({ kind, version: found }) => kind !== "binary" || found === version)
    .map((artifact) => [destinationOf(artifact), { from: join(cluster.bundle.directory, artifact.file) }] as const);
  return Object.fromEntries(entries);
}

/** What only servers have; the first one makes the cluster. */
function serverFiles(cluster: BareCluster, host: HostPlan): Files {
  const { settings } = cluster;
  const servers = settings.hosts.filter(({ role }) => role === "server").map(({ privateAddress }) => privateAddress);
  const isFirst = servers[0] === host.privateAddress;
  const plane = controlPlane(cluster, host);
  const init = `certificateKey: "${certificateKey}"\n${renderInitConfig(plane, registration(cluster, host), token).replace("ttl: 1m0s", "ttl: 1h0m0s")}`;
  const endpoint = { address: settings.apiAddress, virtualRouterId: settings.cluster.virtualRouterId, servers };
  const keepalived = renderKeepalived(endpoint, host.privateAddress).replaceAll("@interface@", "eth1");
  return {
    [encryptionFile.slice(1)]: { text: renderEncryptionConfig(encryptionKey) },
    [auditPolicyFile.slice(1)]: { text: auditPolicy },
    [dnsPatchFile.slice(1)]: { text: renderDnsPatch(settings.hosts.length) },
    ...(isFirst
      ? { "etc/kubernetes/init.yaml": { text: init }, "var/lib/bare/init.sh": { from: script("bare-init.sh") } }
      : {}),
    ...(servers.length === 1
      ? {}
      : {
          "etc/keepalived/keepalived.conf": { text: keepalived },
          "etc/grappe/api-is-healthy": { text: apiHealthCheck, mode: 0o755 },
        }),
  };
}

const script = (name: string): string => join(import.meta.dirname, name);

function joinFile(cluster: BareCluster, host: HostPlan): string {
  return renderJoinConfig({
    apiAddress: cluster.settings.apiAddress,
    node: registration(cluster, host),
    token,
    caFingerprint: "CA-FINGERPRINT",
    ...(host.role === "server" ? { certificateKey } : {}),
  });
}

function hostFiles(cluster: BareCluster, host: HostPlan): Files {
  const { cluster: settings } = cluster.settings;
  const containerd = { environment: "container", sandboxImage: sandboxImage(settings.version) } as const;
  return {
    ...artifactFiles(cluster, host),
    "var/lib/bare/install.sh": { from: script("bare-install.sh") },
    "etc/containerd/config.toml": { text: renderContainerdVersion2(containerd) },
    "etc/cni/net.d/10-grappe.conflist": { text: renderRoutedConflist(host.podSubnet) },
    "etc/systemd/system/kubelet.service": { text: kubeletUnit },
    "etc/systemd/system/kubelet.service.d/10-kubeadm.conf": { text: kubeletDropIn },
    [reservedMemoryFile.slice(1)]: { text: renderReservedMemory(256, 256) },
    "usr/local/lib/grappe/pod-routes": { text: routesScript, mode: 0o755 },
    "etc/systemd/system/grappe-pod-routes.service": { text: routesService },
    "etc/grappe/pod-routes": { text: renderRoutes(cluster.settings.hosts, host.name) },
    "etc/grappe/pod-routes.env": { text: `POD_CIDR=${settings.podCidr}\nPOD_SUBNET=${host.podSubnet}\n` },
    "etc/kubernetes/join.yaml": { text: joinFile(cluster, host) },
    ...(host.role === "server" ? serverFiles(cluster, host) : {}),
  };
}

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, file] of Object.entries(files)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    if ("from" in file) {
      await symlink(file.from, target);
    } else {
      await writeFile(target, file.text);
      await chmod(target, file.mode ?? 0o644);
    }
  }
}

/** How OpenSSH reaches the hosts: by their pinned keys, as our own run does. */
function sshConfiguration(folder: string, { lab, settings }: BareCluster): string {
  const blocks = settings.hosts.map(({ name }) => {
    const address = lab.hosts.find((host) => host.name === name)?.adminAddress;
    return `Host ${name}\n  HostName ${address}\n  HostKeyAlias ${name}\n`;
  });
  return `${blocks.join("")}Host *
  User ${lab.user}
  IdentityFile ${join(folder, "ssh-key")}
  IdentitiesOnly yes
  UserKnownHostsFile ${join(folder, "known_hosts")}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
  LogLevel ERROR
`;
}

/** Fills the folder that `bare-bring-up.sh` takes: all that can be done before the clock runs. */
export async function writeBareFiles(folder: string, cluster: BareCluster, sshPrivateKey: string): Promise<void> {
  const { settings, lab } = cluster;
  const namespaces = cluster.objects.flatMap((object) =>
    "kind" in object && object.kind === "Namespace" ? [namespaceName(object)] : [],
  );
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "ssh-key"), sshPrivateKey, { mode: 0o600 });
  const lines = {
    ssh_config: sshConfiguration(folder, cluster),
    known_hosts: lab.hosts.map(({ name, hostKey }) => `${name} ${hostKey}\n`).join(""),
    hosts: settings.hosts.map(({ name, role }) => `${name} ${role}\n`).join(""),
    namespaces: namespaces.map((name) => `${name}\n`).join(""),
    addresses: cluster.addresses.map((address) => `${address}\n`).join(""),
    "objects.json": JSON.stringify({ apiVersion: "v1", kind: "List", items: cluster.objects }),
  };
  for (const [name, text] of Object.entries(lines)) await writeFile(join(folder, name), text);
  for (const host of settings.hosts) await writeFiles(join(folder, host.name, "root"), hostFiles(cluster, host));
}

function namespaceName(object: object): string {
  const metadata = "metadata" in object ? object.metadata : undefined;
  return typeof metadata === "object" && metadata !== null && "name" in metadata ? String(metadata.name) : "";
}
