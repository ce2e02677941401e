import * as pulumi from "@pulumi/pulumi";
import type { ArtifactRequest } from "../../host/artifacts/install-plan.ts";
import type { Host } from "../../host/host.ts";
import { k3sRegistries } from "../../host/registries.ts";
import { loadScript } from "../../host/script.ts";
import { bundleImages } from "../bundle-images.ts";
import { agentToken, serverToken } from "../cluster-secret.ts";
import type { Distribution, DistributionArgs, NodeStep } from "../distribution.ts";
import { machineLabel, machineLabelValue } from "../machine-label.ts";
import { nodeLabels, nodeTaints } from "../node-labels.ts";
import { hashOf, serverValues } from "../node-values.ts";
import { renderRegistries } from "../registry-access.ts";
import {
  bootstrapJoin,
  renderAgentConfig,
  renderRegistration,
  renderServerConfig,
  renderServerJoin,
  renderSnapshotConfig,
  secureToken,
} from "./k3s-config.ts";
import { renderK3sUnit } from "./k3s-unit.ts";

const scripts = {
  bootstrap: loadScript(import.meta.url, "./bootstrap.sh"),
  server: loadScript(import.meta.url, "./server.sh"),
  agent: loadScript(import.meta.url, "./agent.sh"),
};

/** k3s imports every archive in here when it starts, before anything runs. */
const imageDirectory = "/var/lib/rancher/k3s/agent/images";
const packages = ["iptables", "curl"];
const serverPorts = [6443, 2379, 2380, 10250];

/** Kubernetes by k3s: its binary and units of ours, without its installer. */
export function k3s(args: DistributionArgs): Distribution {
  const { settings } = args;
  return {
    name: "k3s",
    cniByChart: settings.cni !== "flannel",
    needs: (host) => ({
      packages: host.role === "server" && args.apiAddressIsVirtual ? [...packages, "keepalived"] : packages,
      ports: host.role === "server" ? serverPorts : [10250],
      kernelModules: settings.cni === "flannel" && settings.flannelBackend === "wireguard-native" ? ["wireguard"] : [],
    }),
    artifacts: (host) => artifacts(args, host),
    beforeJoin: () => ({}),
    configHash: (host) => configHash(args, host),
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
      : renderAgentConfig(node, apiAddress, settings.cni),
  );
}

/** k3s reads its registries when it starts. A password alone that changes waits for that. */
function configHash(args: DistributionArgs, host: Host): pulumi.Output<string> {
  const { version, etcdSnapshots } = args.settings;
  return config(args, host).apply((text) => hashOf(version, text, etcdSnapshots.s3, args.registries));
}

/** Values of any node of k3s. */
function nodeValues(args: DistributionArgs, host: Host): Record<string, pulumi.Input<string>> {
  return {
    nodeName: host.name,
    nodeAddress: host.privateAddress,
    version: args.settings.version,
    configHash: configHash(args, host),
    config: config(args, host),
    registration: host.identity.apply((identity) =>
      renderRegistration(
        { ...nodeLabels(host), [machineLabel]: machineLabelValue(identity) },
        nodeTaints(host, args.settings),
      ),
    ),
    unit: renderK3sUnit(host.role),
    unitName: host.role === "server" ? "k3s" : "k3s-agent",
  };
}

function snapshotConfig(args: DistributionArgs): pulumi.Output<string> {
  return pulumi
    .output(args.etcdS3SecretKey)
    .apply((secretKey) => renderSnapshotConfig(args.settings.etcdSnapshots, secretKey));
}

function bootstrapStep(args: DistributionArgs, host: Host): NodeStep {
  return {
    script: scripts.bootstrap,
    values: { ...serverValues(args, host), ...nodeValues(args, host), joinFile: bootstrapJoin },
    secrets: {
      serverToken: args.secret.apply(serverToken),
      agentToken: args.secret.apply(agentToken),
      snapshotConfig: snapshotConfig(args),
      registries: renderRegistries(args, k3sRegistries),
    },
  };
}

function serverStep(args: DistributionArgs, host: Host, caFingerprint: pulumi.Output<string>): NodeStep {
  return {
    script: scripts.server,
    values: {
      ...serverValues(args, host),
      ...nodeValues(args, host),
      cniByChart: args.settings.cni === "flannel" ? "no" : "yes",
      joinFile: renderServerJoin(args.apiAddress),
    },
    secrets: {
      serverToken: pulumi
        .all([args.secret, caFingerprint])
        .apply(([secret, fingerprint]) => secureToken(fingerprint, "server", serverToken(secret))),
      agentToken: args.secret.apply(agentToken),
      snapshotConfig: snapshotConfig(args),
      registries: renderRegistries(args, k3sRegistries),
    },
  };
}

function agentStep(args: DistributionArgs, host: Host, caFingerprint: pulumi.Output<string>): NodeStep {
  return {
    script: scripts.agent,
    values: nodeValues(args, host),
    secrets: {
      registries: renderRegistries(args, k3sRegistries),
      agentToken: pulumi
        .all([args.secret, caFingerprint])
        .apply(([secret, fingerprint]) => secureToken(fingerprint, "node", agentToken(secret))),
    },
  };
}
