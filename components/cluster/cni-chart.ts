import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ArtifactSource } from "../host/artifacts/artifact-source.ts";
import { mirrored } from "../host/artifacts/catalogue.ts";
import { BundleError, findArtifact } from "../host/bundle.ts";
import type { Settings } from "../settings/settings.ts";
import type { Distribution } from "./distribution.ts";

/** A chart by its publisher's repository, exact version. */
interface Chart {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
}

const flannel: Chart = { name: "flannel", version: "v0.28.9", repository: "https://flannel-io.github.io/flannel/" };
const calicoRepository = "https://docs.tigera.io/calico/charts";
/** Since 3.32 Calico's resource definitions are a chart of their own. */
const calicoDefinitions: Chart = { name: "crd.projectcalico.org.v1", version: "v3.32.2", repository: calicoRepository };
const calicoOperator: Chart = { name: "tigera-operator", version: "v3.32.2", repository: calicoRepository };

export interface CniChartArgs {
  readonly source: ArtifactSource;
  readonly provider: kubernetes.Provider;
  readonly anchor: pulumi.Resource;
  readonly distribution: Distribution;
  /** Of every Helm release. */
  readonly hooks: pulumi.ResourceHookBinding;
}

/** Where a chart comes from: the bundle, or its publisher's repository or a mirror of it. */
function chartLocation(source: ArtifactSource, chart: Chart) {
  const { bundle } = source;
  if (bundle === undefined) {
    const repo = mirrored(chart.repository, source.mirrors);
    return { chart: chart.name, version: chart.version, repositoryOpts: { repo } };
  }
  const { name, version } = chart;
  const found = findArtifact(bundle, { name, version, kind: "chart", architecture: "amd64" });
  if (found === undefined) {
    throw new BundleError(
      bundle.directory,
      [`missing: chart ${name} ${version}`],
      "Add it: npm run bundle -- add FILE…",
    );
  }
  return { chart: join(bundle.directory, found.file) };
}

/** Values of flannel's chart (pure): the pods' network, its overlay, the interface of the nodes' own network. */
export function flannelValues(settings: Settings) {
  const subnets = [...new Set(settings.hosts.map(({ subnet }) => subnet))];
  return {
    podCidr: settings.cluster.podCidr,
    flannel: {
      backend: settings.cluster.flannelBackend === "wireguard-native" ? "wireguard" : settings.cluster.flannelBackend,
      args: ["--ip-masq", "--kube-subnet-mgr", ...subnets.map((subnet) => `--iface-can-reach=${firstAddress(subnet)}`)],
    },
  };
}

/** flannel takes the interface by which this address is reached. */
function firstAddress(subnet: string): string {
  return (subnet.split("/")[0] ?? subnet).replace(/\d+$/, (last) => String(Number(last) + 1));
}

/** Values of Calico's operator (pure): the pods' network in VXLAN, nodes known by their own network; no observability. */
export function calicoValues(settings: Settings) {
  const subnets = [...new Set(settings.hosts.map(({ subnet }) => subnet))];
  return {
    installation: {
      calicoNetwork: {
        bgp: "Disabled",
        ipPools: [{ cidr: settings.cluster.podCidr, encapsulation: "VXLANCrossSubnet", natOutgoing: "Enabled" }],
        nodeAddressAutodetectionV4: { cidrs: subnets },
      },
    },
    goldmane: { enabled: false },
    whisker: { enabled: false },
  };
}

/** The pod network where it is a chart: flannel or Calico under kubeadm, Calico under k3s. Others come with the nodes. */
export function cniChart(settings: Settings, args: CniChartArgs, opts: pulumi.ResourceOptions): void {
  if (!args.distribution.cniByChart) return;
  const { source, provider, anchor, hooks } = args;
  const release = (
    name: string,
    namespace: pulumi.Input<string>,
    chart: Chart,
    values: Record<string, unknown>,
    dependsOn: pulumi.Resource[],
  ) =>
    new kubernetes.helm.v3.Release(
      name,
      { name, namespace, ...chartLocation(source, chart), values, timeout: 600 },
      { ...opts, provider, hooks, deletedWith: anchor, dependsOn },
    );
  const namespace = (name: string) =>
    new kubernetes.core.v1.Namespace(
      name,
      { metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
      { ...opts, provider, deletedWith: anchor },
    );
  if (settings.cluster.cni === "flannel") {
    release("flannel", namespace("kube-flannel").metadata.name, flannel, flannelValues(settings), []);
    return;
  }
  const tigera = namespace("tigera-operator").metadata.name;
  const definitions = release("calico-definitions", tigera, calicoDefinitions, {}, []);
  release("calico", tigera, calicoOperator, calicoValues(settings), [definitions]);
}
