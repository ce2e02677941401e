import assert from "node:assert/strict";
import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ArtifactSource } from "../host/artifacts/artifact-source.ts";
import { mirrored } from "../host/artifacts/catalogue.ts";
import type { Chart } from "../host/artifacts/chart.ts";
import { findArtifact } from "../host/bundle.ts";
import type { Settings } from "../settings/settings.ts";
import type { PodNetworkArgs } from "./cni/manifest.ts";
import { type CniName, cniManifest, isChart } from "./cni/manifests.ts";

/** The charts that a pod network is made of, in the order in which they are installed; none where it is no chart. */
export function podNetworkCharts(cni: CniName): readonly Chart[] {
  return cniManifest(cni).chart?.charts ?? [];
}

export interface CniChartArgs {
  readonly source: ArtifactSource;
  readonly provider: kubernetes.Provider;
  readonly anchor: pulumi.Resource;
  /** The stable address of the API. */
  readonly apiAddress: string;
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

/** What a pod network's releases are made from (pure). */
export function podNetworkArgs(
  { cluster, hosts, site }: Pick<Settings, "cluster" | "hosts" | "site">,
  { apiAddress, bundled }: Pick<PodNetworkArgs, "apiAddress" | "bundled">,
): PodNetworkArgs {
  return {
    cluster,
    nodeNetworks: [...new Set(hosts.map(({ subnet }) => subnet))],
    openNodes: hosts.filter(({ taints }) => taints.every(({ effect }) => effect === "PreferNoSchedule")).length,
    apiAddress,
    hasPortSecurity: site.kind === "openstack",
    bundled,
  };
}

/** The pod network where it is a chart: its namespace, and its releases one after another. Others come with the nodes. */
export function cniChart(settings: Settings, args: CniChartArgs, opts: pulumi.ResourceOptions): void {
  const { source, provider, anchor, hooks, apiAddress } = args;
  const { chart: network } = cniManifest(settings.cluster.cni);
  if (!isChart(settings.cluster) || network === undefined) return;
  const namespace = new kubernetes.core.v1.Namespace(
    network.namespace,
    { metadata: { name: network.namespace, labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
    { ...opts, provider, deletedWith: anchor },
  ).metadata.name;
  let before: pulumi.Resource[] = [];
  for (const { name, chart, values } of network.releases(
    podNetworkArgs(settings, { apiAddress, bundled: source.bundle !== undefined }),
  )) {
    const release = new kubernetes.helm.v3.Release(
      name,
      { name, namespace, ...chartLocation(source, chart), values, timeout: 600 },
      { ...opts, provider, hooks, deletedWith: anchor, dependsOn: before },
    );
    before = [release];
  }
}
