import type { types } from "@pulumi/kubernetes";
import { mirrored } from "../host/artifacts/catalogue.ts";
import type { Chart } from "../host/artifacts/chart.ts";
import type { ArtifactsSettings } from "../settings/schema/artifacts.ts";

/** Where Helm takes a chart from: the part of a Release's arguments that says so. */
export interface ChartSource {
  readonly chart: string;
  readonly version: string;
  readonly repositoryOpts?: types.input.helm.v3.RepositoryOpts;
}

/** The charts of this room, as their publishers version them; each was rendered with our values (docs/decisions). */
export const charts = {
  metallb: { name: "metallb", version: "0.16.1", repository: "https://metallb.github.io/metallb" },
  traefik: { name: "traefik", version: "41.3.0", repository: "https://traefik.github.io/charts" },
  pebble: { name: "pebble", version: "1.5.0", repository: "https://jupyterhub.github.io/helm-chart/" },
  csiDriverNfs: {
    name: "csi-driver-nfs",
    version: "4.13.4",
    repository: "https://kubernetes-csi.github.io/csi-driver-nfs",
  },
  cloudnativePg: {
    name: "cloudnative-pg",
    version: "0.29.0",
    repository: "https://cloudnative-pg.github.io/charts",
  },
  barmanCloud: {
    name: "plugin-barman-cloud",
    version: "0.7.1",
    repository: "https://cloudnative-pg.github.io/charts",
  },
} as const satisfies Record<string, Chart>;

/** Where a chart comes from: the bundle's file `charts/<name>-<version>.tgz`, a mirror, or its publisher. */
export function chartSource(chart: Chart, artifacts: ArtifactsSettings): ChartSource {
  const { name, version, repository } = chart;
  if (artifacts.bundle !== undefined) {
    return { chart: `${artifacts.bundle.replace(/\/+$/, "")}/charts/${name}-${version}.tgz`, version };
  }
  return { chart: name, version, repositoryOpts: { repo: mirrored(repository, artifacts.mirrors) } };
}
