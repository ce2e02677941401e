import assert from "node:assert/strict";
import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ArtifactSource } from "../host/artifacts/artifact-source.ts";
import { mirrored } from "../host/artifacts/catalogue.ts";
import type { Chart } from "../host/artifacts/chart.ts";
import { findArtifact } from "../host/bundle.ts";
import type { ClusterSettings } from "../settings/schema/cluster.ts";
import type { Settings } from "../settings/settings.ts";
import { calicoValues, flannelValues } from "./cni-values.ts";
import type { Distribution } from "./distribution.ts";

const calicoRepository = "https://docs.tigera.io/calico/charts";

/** Pod networks that are charts, as their publishers version them; both were rendered with our values. */
export const cniCharts = {
  flannel: { name: "flannel", version: "v0.28.9", repository: "https://flannel-io.github.io/flannel/" },
  /** Since 3.32 Calico's resource definitions are a chart of their own. */
  calicoDefinitions: { name: "crd.projectcalico.org.v1", version: "v3.32.2", repository: calicoRepository },
  calicoOperator: { name: "tigera-operator", version: "v3.32.2", repository: calicoRepository },
} as const satisfies Record<string, Chart>;

/** The charts that a pod network is made of, in the order in which they are installed; none where it comes with the nodes. */
export function podNetworkCharts(cni: ClusterSettings["cni"]): readonly Chart[] {
  if (cni === "flannel") return [cniCharts.flannel];
  return cni === "calico" ? [cniCharts.calicoDefinitions, cniCharts.calicoOperator] : [];
}

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
  assert(found !== undefined, `the bundle lost the chart ${name} ${version}`);
  return { chart: join(bundle.directory, found.file) };
}

/** The pod network where it is a chart: flannel or Calico under kubeadm. Others come with the nodes. */
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
    release("flannel", namespace("kube-flannel").metadata.name, cniCharts.flannel, flannelValues(settings), []);
    return;
  }
  const tigera = namespace("tigera-operator").metadata.name;
  const definitions = release("calico-definitions", tigera, cniCharts.calicoDefinitions, {}, []);
  release("calico", tigera, cniCharts.calicoOperator, calicoValues(settings), [definitions]);
}
