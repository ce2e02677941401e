import * as pulumi from "@pulumi/pulumi";
import { certificateMonth } from "../cluster/certificate-month.ts";
import { loadScript } from "../host/script.ts";
import { runOnHost } from "../host/step.ts";
import type { ChartSource } from "./chart.ts";
import { type ControlHost, customResourceGate } from "./custom-resource-gate.ts";
import { machinesApart } from "./machines-apart.ts";
import { release } from "./release.ts";

/** Of the plugin and of the sidecar that it gives to instances; the chart's own may be another one. */
export const barmanPluginVersion = "v0.14.0";

/** By this clusters name it (internal/cnpgi/metadata in its code). */
export const barmanPluginName = "barman-cloud.cloudnative-pg.io";

/** What its Service's annotations name, and what the Service is called (the chart's templates/service.yaml). */
const tls = {
  service: "barman-cloud",
  serverSecret: "barman-cloud-server-tls",
  clientSecret: "barman-cloud-client-tls",
} as const;

/** The chart's values. */
export function barmanPluginValues(): pulumi.Inputs {
  return {
    // The operator stops with a cluster whose plugin doesn't answer: with one, the loss of its machine could hold up a fail-over.
    replicaCount: 2,
    affinity: machinesApart("plugin-barman-cloud"),
    // Only the one in charge would listen (controller-runtime starts what it runs after the election). What they write to the cluster,
    // roles, both would write alike.
    additionalArgs: ["--leader-elect=false"],
    image: { tag: barmanPluginVersion },
    sidecarImage: { tag: barmanPluginVersion },
    certificate: { createClientCertificate: false, createServerCertificate: false, createIssuer: false },
    resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "192Mi" } },
    priorityClassName: "system-cluster-critical",
  };
}

export interface BarmanPluginArgs {
  readonly source: ChartSource;
  readonly control: ControlHost;
  /** The operator's, which looks for plugins there alone. */
  readonly namespace: pulumi.Input<string>;
  /** Of the operator. */
  readonly after: readonly pulumi.Resource[];
}

/** CloudNativePG's Barman Cloud plugin: saves databases to an object store and restores them from there. */
export class BarmanPlugin extends pulumi.ComponentResource {
  /** Stands once a store can be declared. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: BarmanPluginArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:platform:BarmanPlugin", name, {}, opts);
    const { source, control, namespace, after } = args;
    const certificates = runOnHost(
      `${name}-certificates`,
      {
        host: control.host,
        script: loadScript(import.meta.url, "./plugin-certificates.sh"),
        values: {
          distribution: control.distribution,
          namespace,
          ...tls,
          operator: "cloudnative-pg",
          month: certificateMonth(new Date()),
        },
        deadlineSeconds: 300,
      },
      { parent: this, dependsOn: [...after] },
    );
    const chart = release(
      `${name}-release`,
      { name: "plugin-barman-cloud", source, namespace, values: barmanPluginValues() },
      { parent: this, dependsOn: certificates },
    );
    this.ready = customResourceGate(
      `${name}-gate`,
      {
        control,
        definitions: ["objectstores.barmancloud.cnpg.io"],
        probe: pulumi.output(namespace).apply(probeIn),
      },
      { parent: this, dependsOn: chart },
    );
    this.registerOutputs();
  }
}

/** What the gate tries in a dry run. */
function probeIn(namespace: string) {
  return {
    apiVersion: "barmancloud.cnpg.io/v1",
    kind: "ObjectStore",
    metadata: { namespace, name: "probe" },
    spec: { configuration: { destinationPath: "s3://probe/" } },
  };
}
