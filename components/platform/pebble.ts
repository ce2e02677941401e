import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { answerOf } from "../host/answer.ts";
import { loadScript } from "../host/script.ts";
import { runOnHost } from "../host/step.ts";
import { pebbleName } from "./certificates.ts";
import type { ChartSource } from "./chart.ts";
import type { ControlHost } from "./custom-resource-gate.ts";
import { namespaceOf } from "./in-cluster.ts";
import { platformFlows } from "./network-flows.ts";
import { release } from "./release.ts";

export interface PebbleArgs {
  readonly source: ChartSource;
  readonly control: ControlHost;
  readonly after: readonly pulumi.Resource[];
}

/** The chart's values. `env` replaces the chart's whole list, so every variable stands here. */
export function pebbleValues(): pulumi.Inputs {
  return {
    pebble: {
      env: [
        // Challenges are taken as passed: the names of a development site resolve nowhere.
        { name: "PEBBLE_VA_ALWAYS_VALID", value: "1" },
        { name: "PEBBLE_VA_NOSLEEP", value: "1" },
        { name: "PEBBLE_WFE_NONCEREJECT", value: "0" },
        { name: "PEBBLE_AUTHZREUSE", value: "100" },
      ],
      // Without node ports the Service is a ClusterIP: nobody outside may ask a test authority for anything.
      nodePort: 0,
      mgmtNodePort: 0,
    },
    coredns: { enabled: false },
  };
}

const certificate = z
  .string()
  .regex(/^-----BEGIN CERTIFICATE-----\n[\s\S]*-----END CERTIFICATE-----$/, "it is no certificate in PEM");

/** Pebble, Let's Encrypt's test authority, in the cluster. Everyone can have any certificate from it: for development only. */
export class Pebble extends pulumi.ComponentResource {
  /** PEM of the root certificate that Pebble's own address is trusted by. */
  readonly rootCertificate: pulumi.Output<string>;

  constructor(name: string, args: PebbleArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:platform:Pebble", name, {}, opts);
    const parent = { parent: this };
    // The chart's init container sets no security context; it can't meet the restricted standard.
    const namespace = namespaceOf(
      pebbleName,
      "baseline",
      { ...parent, dependsOn: [...args.after] },
      platformFlows.pebble,
    );
    const chart = release(
      `${name}-release`,
      { name: pebbleName, source: args.source, namespace: namespace.metadata.name, values: pebbleValues() },
      parent,
    );
    // Read on a server and not as a Pulumi resource: that would put the whole ConfigMap, key included, into the state.
    const root = runOnHost(
      `${name}-root-certificate`,
      {
        host: args.control.host,
        script: loadScript(import.meta.url, "./read-pebble-root.sh"),
        values: {
          distribution: args.control.distribution,
          namespace: namespace.metadata.name,
          configMap: pebbleName,
          // Another chart may bring another root.
          chartVersion: args.source.version,
        },
        answer: { pattern: /^-----BEGIN CERTIFICATE-----/ },
      },
      { ...parent, dependsOn: chart },
    );
    // Every step's output is secret; a certificate is not.
    const at = { host: args.control.host.name, step: `${name}-root-certificate` };
    this.rootCertificate = pulumi.unsecret(answerOf(root, at, certificate));
    this.registerOutputs();
  }
}
