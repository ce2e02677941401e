import * as pulumi from "@pulumi/pulumi";
import type { ArtifactRequest } from "../../host/artifacts/install-plan.ts";
import type { Host } from "../../host/host.ts";
import { renderProxyEnvironment, withLogin } from "../../host/proxy.ts";
import { containerdHosts } from "../../host/registries.ts";
import { loadScript } from "../../host/script.ts";
import { auditLogValues, auditPolicy } from "../audit-log.ts";
import { bundleImages } from "../bundle-images.ts";
import { bootstrapToken, certificateKey, encryptionKey } from "../cluster-secret.ts";
import { allocatesPodSubnets, isChart } from "../cni/manifests.ts";
import type { Distribution, DistributionArgs, NodeStep } from "../distribution.ts";
import { machineLabel, machineLabelValue } from "../machine-label.ts";
import { nodeLabels, nodeTaints } from "../node-labels.ts";
import { nodeNeeds } from "../node-needs.ts";
import { hashOf, serverValues } from "../node-values.ts";
import { renderRegistries } from "../registry-access.ts";
import { reservedMemoryValues } from "../reserved-memory.ts";
import { approveKubeletsScript, approveKubeletsService, approveKubeletsTimer } from "./approve-kubelets-units.ts";
import {
  cniBinaries,
  containerdProxyDropIn,
  renderContainerdVersion2,
  renderContainerdVersion3,
} from "./containerd-config.ts";
import {
  etcdSnapshotScript,
  etcdSnapshotService,
  etcdSnapshotSettings,
  etcdSnapshotTimer,
} from "./etcd-snapshot-units.ts";
import { keepImagesScript, keepImagesService, keepImagesTimer, keptImages } from "./keep-images-units.ts";
import {
  type ControlPlane,
  certificateNames,
  dnsPatchFile,
  ignoredChecks,
  kubeletConfiguration,
  kubernetesVersion,
  type Registration,
  renderClusterConfig,
  renderDnsPatch,
  renderEncryptionConfig,
  renderInitConfig,
  renderJoinConfig,
} from "./kubeadm-config.ts";
import { kubeletDropIn, kubeletUnit, reservedMemoryFile } from "./kubelet-unit.ts";
import { kubernetesImages, sandboxImage, unusedImages } from "./kubernetes-images.ts";
import { renderRoutedConflist, renderRoutes } from "./routed-network.ts";
import { routesScript, routesService, routesTimer } from "./routes-unit.ts";

const scripts = {
  runtime: loadScript(import.meta.url, "./runtime.sh"),
  routes: loadScript(import.meta.url, "./routes.sh"),
  bootstrap: loadScript(import.meta.url, "./bootstrap.sh"),
  server: loadScript(import.meta.url, "./server.sh"),
  agent: loadScript(import.meta.url, "./agent.sh"),
};

/** Version of the reference pod network plugins; the archive `cni-plugins` of the catalogue. */
export const cniPluginsVersion = "v1.9.1";

const imageDirectory = "/var/lib/grappe/images";
const packages = ["containerd", "conntrack", "socat", "ethtool", "iptables", "curl", "openssl"];
/** The kubelet's health, kube-proxy's metrics, the kubelet, kube-proxy's health. */
const agentPorts = [10248, 10249, 10250, 10256];
const serverPorts = [6443, 2379, 2380, 2381, 10257, 10259, ...agentPorts];

/** Purpose for which a node's bootstrap token is derived: another machine of the same name gets another one. */
export function tokenPurpose(node: string, identity: string): string {
  return `${node} ${identity}`;
}

/** Kubernetes by kubeadm, with containerd from the distribution's packages. */
export function kubeadm(args: DistributionArgs): Distribution {
  const { settings } = args;
  return {
    name: "kubeadm",
    clusterDnsPatch: renderDnsPatch(2),
    needs: (host) =>
      nodeNeeds(args, host, {
        packages,
        ports: host.role === "server" ? serverPorts : agentPorts,
        artifacts: artifacts(args, host),
      }),
    artifacts: (host) => artifacts(args, host),
    beforeJoin: (host) => ({
      runtime: runtimeStep(args, host),
      ...(allocatesPodSubnets(settings) ? { routes: routesStep(args, host) } : {}),
    }),
    configHash: (host) => configHash(args, host),
    // A kubelet renews its own.
    certificateMonth: ({ role }) => (role === "server" ? args.certificateMonth : ""),
    bootstrap: (host) => bootstrapStep(args, host),
    server: (host, caFingerprint) => serverStep(args, host, caFingerprint),
    agent: (host, caFingerprint) => agentStep(args, host, caFingerprint),
  };
}

function images(args: DistributionArgs, host: Host) {
  const unused = unusedImages(args.settings.version, host.role, args.settings.kubeProxy);
  return bundleImages(args.source, host, imageDirectory).filter(({ reference }) => !unused.has(reference));
}

/** What a host gets: programs by version, side by side, and from a bundle its images, those of Kubernetes required. */
function artifacts(args: DistributionArgs, host: Host): readonly ArtifactRequest[] {
  const version = kubernetesVersion(args.settings.version);
  const program = (name: "kubeadm" | "kubelet" | "kubectl"): ArtifactRequest => ({
    name,
    version,
    destination: { file: `/usr/local/lib/grappe/kubernetes/${version}/${name}` },
  });
  const programs: ArtifactRequest[] = [
    program("kubeadm"),
    program("kubelet"),
    // An agent's own steps do without it.
    ...(host.role === "server" ? [program("kubectl")] : []),
    { name: "cni-plugins", version: cniPluginsVersion, destination: { directory: cniBinaries } },
  ];
  if (args.source.bundle === undefined) return programs;
  const bundled = images(args, host);
  const present = new Set(bundled.map(({ reference }) => reference));
  const missing = kubernetesImages(args.settings.version, host.role, args.settings.kubeProxy)
    .filter(({ repository, tag }) => !present.has(`${repository}:${tag}`))
    .map(({ repository, tag }) => ({
      image: repository,
      version: tag,
      destination: { file: `${imageDirectory}/${repository.replaceAll("/", "_")}_${tag}.tar`, mode: "0644" },
    }));
  return [...programs, ...bundled.map(({ request }) => request), ...missing];
}

function runtimeStep(args: DistributionArgs, host: Host): NodeStep {
  const containerd = { environment: host.environment, sandboxImage: sandboxImage(args.settings.version) };
  return {
    script: scripts.runtime,
    values: {
      version: kubernetesVersion(args.settings.version),
      containerdVersion2: renderContainerdVersion2(containerd),
      containerdVersion3: renderContainerdVersion3(containerd),
      containerdProxyDropIn,
      kubeletUnit,
      kubeletDropIn,
      reservedMemoryFile,
      ...reservedMemoryValues("kubeadm", host.role),
      cniConfiguration: allocatesPodSubnets(args.settings) ? renderRoutedConflist(host.podSubnet) : "",
      keptImages: keptImages(images(args, host)),
      keepImagesScript,
      keepImagesService,
      keepImagesTimer,
      images: images(args, host)
        .map(({ file, sha256, reference }) => `${file} ${sha256} ${reference}`)
        .join("\n"),
    },
    secrets: {
      proxyEnvironment: withLogin(args.proxy, renderProxyEnvironment),
      registryHosts: renderRegistries(args, (registries, passwords) =>
        Object.entries(containerdHosts(registries, passwords))
          .map(([registry, text]) => `${registry} ${Buffer.from(text).toString("base64")}`)
          .join("\n"),
      ),
    },
  };
}

function routesStep(args: DistributionArgs, host: Host): NodeStep {
  return {
    script: scripts.routes,
    values: {
      routes: renderRoutes(args.hosts, host.name),
      podCidr: args.settings.podCidr,
      podSubnet: host.podSubnet,
      routesScript,
      routesService,
      routesTimer,
    },
    secrets: {},
  };
}

function controlPlane(args: DistributionArgs, host: Host): pulumi.Output<ControlPlane> {
  const { clusterName, settings, apiAddress } = args;
  const { environment, podSubnet } = host;
  return args.certificateNames.apply((names) => ({
    clusterName,
    settings,
    apiAddress,
    certificateNames: names,
    environment,
    podSubnet,
  }));
}

function registration(args: DistributionArgs, host: Host, identity: string): Registration {
  return {
    name: host.name,
    address: host.privateAddress,
    labels: { ...nodeLabels(host), [machineLabel]: machineLabelValue(identity) },
    taints: nodeTaints(host, args.settings),
    environment: host.environment,
  };
}

function configHash(args: DistributionArgs, host: Host): pulumi.Output<string> {
  const reserved = reservedMemoryValues("kubeadm", host.role);
  return controlPlane(args, host).apply((plane) =>
    host.role === "server"
      ? hashOf(renderClusterConfig(plane, { name: host.name, address: host.privateAddress }), auditPolicy, reserved)
      : hashOf(kubernetesVersion(args.settings.version), kubeletConfiguration(plane), reserved),
  );
}

/** Values that bootstrap and server take alike. */
function sharedServerValues(args: DistributionArgs, host: Host): Pick<NodeStep, "values" | "secrets"> {
  const { settings } = args;
  return {
    values: {
      ...serverValues(args, host),
      version: kubernetesVersion(settings.version),
      configHash: configHash(args, host),
      certificateMonth: args.certificateMonth,
      cniByChart: isChart(settings) ? "yes" : "no",
      ignoredChecks: ignoredChecks(host.environment).join(","),
      ...auditLogValues,
      approveKubeletsScript,
      approveKubeletsService,
      approveKubeletsTimer,
      dnsPatchFile,
      dnsPatch: renderDnsPatch(args.hosts.length),
      etcdSnapshotScript,
      etcdSnapshotService,
      etcdSnapshotTimer: etcdSnapshotTimer(settings.etcdSnapshots),
    },
    secrets: {
      encryptionConfig: settings.secretsEncryption
        ? args.secret.apply((secret) => renderEncryptionConfig(encryptionKey(secret)))
        : "",
      etcdSnapshotSettings: pulumi
        .output(args.etcdS3SecretKey)
        .apply((secretKey) => etcdSnapshotSettings(settings.etcdSnapshots, secretKey)),
    },
  };
}

function bootstrapStep(args: DistributionArgs, host: Host): NodeStep {
  const { values, secrets } = sharedServerValues(args, host);
  const initConfig = pulumi
    .all([controlPlane(args, host), host.identity, args.secret])
    .apply(([plane, identity, secret]) =>
      renderInitConfig(plane, registration(args, host, identity), bootstrapToken(secret, "bootstrap")),
    );
  return { script: scripts.bootstrap, values, secrets: { ...secrets, initConfig } };
}

function joinConfig(args: DistributionArgs, host: Host, caFingerprint: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.all([host.identity, args.secret, caFingerprint]).apply(([identity, secret, fingerprint]) =>
    renderJoinConfig({
      apiAddress: args.apiAddress,
      node: registration(args, host, identity),
      token: bootstrapToken(secret, tokenPurpose(host.name, identity)),
      caFingerprint: fingerprint,
      ...(host.role === "server" ? { certificateKey: certificateKey(secret) } : {}),
    }),
  );
}

function serverStep(args: DistributionArgs, host: Host, caFingerprint: pulumi.Output<string>): NodeStep {
  const { values, secrets } = sharedServerValues(args, host);
  const plane = controlPlane(args, host);
  return {
    script: scripts.server,
    values: {
      ...values,
      clusterConfig: plane.apply((all) => renderClusterConfig(all, { name: host.name, address: host.privateAddress })),
      certificateNames: plane.apply((all) => certificateNames(all).join("\n")),
    },
    secrets: { ...secrets, joinConfig: joinConfig(args, host, caFingerprint) },
  };
}

function agentStep(args: DistributionArgs, host: Host, caFingerprint: pulumi.Output<string>): NodeStep {
  return {
    script: scripts.agent,
    values: {
      nodeName: host.name,
      version: kubernetesVersion(args.settings.version),
      configHash: configHash(args, host),
      ignoredChecks: ignoredChecks(host.environment).join(","),
    },
    secrets: { joinConfig: joinConfig(args, host, caFingerprint) },
  };
}
