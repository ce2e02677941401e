import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "./chart.ts";
import { type ControlHost, customResourceGate } from "./custom-resource-gate.ts";
import { namespaceOf } from "./in-cluster.ts";
import { machinesApart } from "./machines-apart.ts";
import { platformFlows } from "./network-flows.ts";
import { release } from "./release.ts";

export interface DatabaseOperatorArgs {
  readonly source: ChartSource;
  readonly control: ControlHost;
  readonly after: readonly pulumi.Resource[];
}

/** Namespace of the operator; databases' network policies let it in. */
export const databaseOperatorNamespace = "cnpg-system";

/** The chart's values. */
export function databaseOperatorValues(): pulumi.Inputs {
  return {
    // The machine with the primary may be lost with the only operator, which alone makes another one the primary.
    replicaCount: 2,
    affinity: machinesApart("cloudnative-pg"),
    config: { clusterWide: true },
    resources: { requests: { cpu: "50m", memory: "96Mi" }, limits: { memory: "256Mi" } },
    priorityClassName: "system-cluster-critical",
  };
}

/** What the gate tries in a dry run: the smallest cluster that the webhook takes. */
function probeIn(namespace: string) {
  return {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { namespace, name: "probe" },
    spec: { instances: 1, storage: { size: "1Gi" } },
  };
}

/** CloudNativePG: keeps PostgreSQL clusters of several synchronous instances, and fails over among them. */
export class DatabaseOperator extends pulumi.ComponentResource {
  /** Stands once a database can be asked for. */
  readonly ready: pulumi.Resource;
  /** Its plugins stand in it, too. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: DatabaseOperatorArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:platform:DatabaseOperator", name, {}, opts);
    const parent = { parent: this };
    const namespace: kubernetes.core.v1.Namespace = namespaceOf(
      databaseOperatorNamespace,
      "restricted",
      { ...parent, dependsOn: [...args.after] },
      platformFlows[databaseOperatorNamespace],
    );
    this.namespace = namespace.metadata.name;
    const chart = release(
      `${name}-release`,
      {
        name: "cloudnative-pg",
        source: args.source,
        namespace: namespace.metadata.name,
        values: databaseOperatorValues(),
      },
      parent,
    );
    this.ready = customResourceGate(
      `${name}-gate`,
      {
        control: args.control,
        definitions: ["clusters.postgresql.cnpg.io"],
        probe: namespace.metadata.name.apply(probeIn),
      },
      { ...parent, dependsOn: chart },
    );
    this.registerOutputs();
  }
}
