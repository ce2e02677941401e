import assert from "node:assert/strict";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { chartSource } from "../../platform/chart.ts";
import { namespaceOf } from "../../platform/in-cluster.ts";
import type { Ingress } from "../../platform/platform.ts";
import { release } from "../../platform/release.ts";
import type { ArtifactsSettings } from "../../settings/schema/artifacts.ts";
import type { ChartSettings } from "../../settings/schema/chart.ts";
import { exposedUrls, ingressObject } from "../exposure.ts";
import { applicationSecrets } from "./application-secrets.ts";
import { valuesWithSecrets } from "./chart-values.ts";

export interface DeclaredChartArgs {
  readonly settings: ChartSettings;
  readonly artifacts: ArtifactsSettings;
  /** The encrypted settings that are applications'. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  readonly ingress?: Ingress;
  readonly after: readonly pulumi.Resource[];
}

/** An application of the user's own in a namespace of its own, by its publisher's chart; it stands once its pods are ready. */
export class DeclaredChart extends pulumi.ComponentResource {
  readonly urls: pulumi.Output<string[]>;
  /** Secret. Place in the values to what was generated for it. */
  readonly passwords: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: DeclaredChartArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:apps:DeclaredChart", name, {}, opts);
    const { settings, ingress } = args;
    const parent = { parent: this };
    const after = { ...parent, dependsOn: [...args.after] };
    const namespace = namespaceOf(name, settings.podSecurity, after).metadata.name;
    const secrets = applicationSecrets(name, { wanted: settings.secrets, settings: args.secrets }, parent);
    this.passwords = secrets.generated;
    const { chart, version, repository, timeoutSeconds } = settings;
    const installed = release(
      `${name}-release`,
      {
        name,
        source: chartSource({ name: chart, version, repository }, args.artifacts),
        namespace,
        values: valuesWithSecrets(settings.values, secrets.values),
        timeoutSeconds,
      },
      parent,
    );
    const { expose } = settings;
    if (expose !== undefined) {
      assert(ingress !== undefined, `${name} is exposed by an ingress that is not there`);
      const service = { name: expose.service, port: { number: expose.port } };
      new kubernetes.networking.v1.Ingress(
        `${name}-ingress`,
        // A chart may have an Ingress of the release's name.
        ingressObject({ namespace, name: `${name}-exposed` }, ingress, { ...expose, service }),
        { ...parent, dependsOn: installed },
      );
    }
    this.urls = pulumi.output(expose === undefined ? [] : exposedUrls(expose, [], undefined, ingress));
    this.registerOutputs({ urls: this.urls, passwords: this.passwords });
  }
}
