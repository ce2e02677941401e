import * as pulumi from "@pulumi/pulumi";
import type { ArtifactRequest } from "../../host/artifacts/install-plan.ts";
import type { Host } from "../../host/host.ts";
import { proxyAddress, renderProxyEnvironment, withLogin } from "../../host/proxy.ts";
import { k3sRegistries } from "../../host/registries.ts";
import { loadScript } from "../../host/script.ts";
import { isExcepted } from "../../settings/site-proxy.ts";
import { auditLogValues, auditPolicy } from "../audit-log.ts";
import { bundleImages } from "../bundle-images.ts";
import { agentToken, secretFingerprint, serverToken } from "../cluster-secret.ts";
import { isChart } from "../cni/manifests.ts";
import type { Distribution, DistributionArgs, NodeStep } from "../distribution.ts";
import { machineLabel, machineLabelValue } from "../machine-label.ts";
import { nodeLabels, nodeTaints } from "../node-labels.ts";
import { imageArchives, nodeNeeds } from "../node-needs.ts";
import { hashOf, serverValues } from "../node-values.ts";
import { renderRegistries } from "../registry-access.ts";
import { reservedMemoryValues } from "../reserved-memory.ts";
import {
  bootstrapJoin,
  renderAgentConfig,
  renderKubeletConfig,
  renderRegistration,
  renderServerConfig,
  renderServerJoin,
  renderSnapshotConfig,
  secureToken,
} from "./k3s-config.ts";
import { ownAddressFirst, renderK3sUnit } from "./k3s-unit.ts";

const scripts = {
  bootstrap: loadScript(import.meta.url, "./bootstrap.sh"),
  server: loadScript(import.meta.url, "./server.sh"),
  agent: loadScript(import.meta.url, "./agent.sh"),
};

/** k3s imports every archive (`.tar`, `.tar.zst`, …) in here when it starts, before anything runs (pkg/agent/containerd/containerd.go). */
const imageDirectory = "/var/lib/rancher/k3s/agent/images";
const packages = ["iptables", "curl", "openssl"];
/** Where every node listens: containerd's streams, the kubelet's health, kube-proxy's metrics, the kubelet, kube-proxy's health. */
const nodePorts = [10010, 10248, 10249, 10250, 10256];
/**
 * Where a server of k3s listens, besides: the supervisor, the API server behind it (`https-listen-port` + 1: pkg/daemons/control/server.go),
 * etcd for clients, peers, metrics and its own HTTP (pkg/etcd/etcd.go), the controller manager, the cloud's and the scheduler.
 */
const serverPorts = [6443, 6444, 2379, 2380, 2381, 2382, 10257, 10258, 10259, ...nodePorts];
/** Where an agent listens, besides: its load balancer to the servers (`lb-server-port`: pkg/cli/cmds/agent.go). */
const agentPorts = [6444, ...nodePorts];

/** Kubernetes by k3s: its binary and units of ours, without its installer. */
export function k3s(args: DistributionArgs): Distribution {
  return {
    name: "k3s",
    clusterDnsPatch: "",
    needs: (host) =>
      nodeNeeds(args, host, {
        packages,
        ports: host.role === "server" ? serverPorts : agentPorts,
        artifacts: artifacts(args, host),
      }),
    artifacts: (host) => artifacts(args, host),
    beforeJoin: () => ({}),
    configHash: (host) => configHash(args, host),
    certificateMonth: () => args.certificateMonth,
    bootstrap: (host) => bootstrapStep(args, host),
    server: (host, caFingerprint) => serverStep(args, host, caFingerprint),
    agent: (host, caFingerprint) => agentStep(args, host, caFingerprint),
  };
}

function artifacts(args: DistributionArgs, host: Host): readonly ArtifactRequest[] {
  const { version } = args.settings;
  const binary: ArtifactRequest = {
    name: "k3s",
    version,
    destination: { file: `/usr/local/lib/grappe/kubernetes/${version}/k3s` },
  };
  if (args.source.bundle === undefined) return [binary];
  const airGap: ArtifactRequest = {
    name: "k3s-airgap-images",
    version,
    destination: { file: `${imageDirectory}/k3s-airgap-images.tar.zst`, mode: "0644" },
  };
  return [binary, airGap, ...bundleImages(args.source, host, imageDirectory).map(({ request }) => request)];
}

function config(args: DistributionArgs, host: Host): pulumi.Output<string> {
  const { settings, apiAddress } = args;
  const node = { name: host.name, address: host.privateAddress, environment: host.environment };
  return args.certificateNames.apply((certificateNames) =>
    host.role === "server"
      ? renderServerConfig({ ...node, settings, apiAddress, certificateNames })
      : renderAgentConfig(node, apiAddress, settings),
  );
}

/**
 * k3s reads its files when it starts, so that all of them count, passwords too; of snapshots only a server's. How many are kept in S3
 * follows from the number of servers and waits for the next start.
 */
function configHash(args: DistributionArgs, host: Host): pulumi.Output<string> {
  const { version, etcdSnapshots } = args.settings;
  const isServer = host.role === "server";
  const secrets = pulumi.output([isServer ? args.etcdS3SecretKey : undefined, args.registryPasswords]);
  const all = pulumi.all([config(args, host), args.secret, secrets, proxyEnvironment(args)]);
  return pulumi.unsecret(
    all.apply(([text, clusterSecret, given, proxy]) => {
      const known = given.map((secret) => secret && secretFingerprint(clusterSecret, secret));
      const s3 = isServer ? etcdSnapshots.s3 : undefined;
      return hashOf(
        version,
        text,
        renderKubeletConfig(args.settings),
        reservedMemoryValues("k3s", host.role),
        isServer ? auditPolicy : undefined,
        s3,
        args.registries,
        ...(proxy === "" ? [] : [secretFingerprint(clusterSecret, proxy)]),
        ...(known.some((each) => each) ? [known] : []),
      );
    }),
  );
}

/** Values of any node of k3s. */
function nodeValues(args: DistributionArgs, host: Host): Record<string, pulumi.Input<string>> {
  return {
    nodeName: host.name,
    nodeAddress: host.privateAddress,
    version: args.settings.version,
    configHash: configHash(args, host),
    certificateMonth: args.certificateMonth,
    config: config(args, host),
    kubeletConfig: renderKubeletConfig(args.settings),
    ...reservedMemoryValues("k3s", host.role),
    imageArchives: imageArchives(args.source, host, artifacts(args, host))
      .map(({ file }) => file)
      .join("\n"),
    registration: host.identity.apply((identity) =>
      renderRegistration(
        { ...nodeLabels(host), [machineLabel]: machineLabelValue(identity) },
        nodeTaints(host, args.settings),
      ),
    ),
    ownAddressFirst,
    unit: renderK3sUnit({
      role: host.role,
      address: host.privateAddress,
      virtualAddress: host.role === "server" && args.apiAddressIsVirtual ? args.apiAddress : undefined,
    }),
    unitName: host.role === "server" ? "k3s" : "k3s-agent",
  };
}

/** Of the node's unit, for its containerd alone. */
function proxyEnvironment({ proxy }: DistributionArgs): pulumi.Input<string> {
  return withLogin(proxy, (one, login) => renderProxyEnvironment(one, login, "CONTAINERD_"));
}

/** Of any node of k3s. */
function nodeSecrets(args: DistributionArgs): Record<string, pulumi.Input<string>> {
  return {
    registries: renderRegistries(args, k3sRegistries),
    proxyEnvironment: proxyEnvironment(args),
  };
}

/** The proxy's address for snapshots on their way to S3; empty where they go directly. */
function snapshotProxy({ proxy, settings }: DistributionArgs): pulumi.Input<string> {
  const [server = ""] = settings.etcdSnapshots.s3?.endpoint.split(":") ?? [];
  return proxy === undefined || isExcepted(server, proxy.exceptions) ? "" : withLogin(proxy, proxyAddress);
}

function serverSecrets(args: DistributionArgs, token: pulumi.Output<string>): Record<string, pulumi.Input<string>> {
  return {
    serverToken: token,
    agentToken: args.secret.apply(agentToken),
    snapshotConfig: pulumi
      .output([args.etcdS3SecretKey, snapshotProxy(args)])
      .apply(([secretKey, proxy]) =>
        renderSnapshotConfig(
          args.settings.etcdSnapshots,
          secretKey,
          args.hosts.filter(({ role }) => role === "server").length,
          proxy,
        ),
      ),
    ...nodeSecrets(args),
  };
}

function bootstrapStep(args: DistributionArgs, host: Host): NodeStep {
  return {
    script: scripts.bootstrap,
    values: { ...serverValues(args, host), ...nodeValues(args, host), ...auditLogValues, joinFile: bootstrapJoin },
    // Bare: the authority whose fingerprint a secure token has isn't made yet.
    secrets: serverSecrets(args, args.secret.apply(serverToken)),
  };
}

function serverStep(args: DistributionArgs, host: Host, caFingerprint: pulumi.Output<string>): NodeStep {
  return {
    script: scripts.server,
    values: {
      ...serverValues(args, host),
      ...nodeValues(args, host),
      ...auditLogValues,
      cniByChart: isChart(args.settings) ? "yes" : "no",
      joinFile: renderServerJoin(args.apiAddress),
    },
    secrets: serverSecrets(
      args,
      pulumi
        .all([args.secret, caFingerprint])
        .apply(([secret, fingerprint]) => secureToken(fingerprint, "server", serverToken(secret))),
    ),
  };
}

function agentStep(args: DistributionArgs, host: Host, caFingerprint: pulumi.Output<string>): NodeStep {
  return {
    script: scripts.agent,
    values: nodeValues(args, host),
    secrets: {
      ...nodeSecrets(args),
      agentToken: pulumi
        .all([args.secret, caFingerprint])
        .apply(([secret, fingerprint]) => secureToken(fingerprint, "node", agentToken(secret))),
    },
  };
}
