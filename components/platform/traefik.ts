import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { z } from "zod";
import type { ChartSource } from "./chart.ts";
import { namespaceOf } from "./in-cluster.ts";
import { askAuthorities, platformFlows } from "./network-flows.ts";
import { release } from "./release.ts";
import { type TraefikConfiguration, traefikNames, traefikNamespace, traefikValues } from "./traefik-values.ts";

export interface TraefikArgs extends Omit<TraefikConfiguration, "dashboard" | "dnsCredentialsSecret"> {
  readonly source: ChartSource;
  /** PEM of the root that the ACME authority's own address is trusted by, where that is a private one. */
  readonly acmeRootCertificate?: pulumi.Input<string>;
  readonly dashboard?: { readonly host: string; readonly user: string };
  /** JSON object of environment variables, for the DNS challenge's provider; with `authority.dnsChallenge` it must be there. */
  readonly dnsCredentials?: pulumi.Output<string>;
  /** What must stand before: load balancer, storage class, authority. */
  readonly after: readonly pulumi.Resource[];
}

const environmentVariables = z.record(z.string(), z.string());

/** Its Service; the release's name, which is the chart's, too. */
export const traefikService = "traefik";

/** Traefik: the ingress, with redirection to HTTPS, certificates by ACME and, if wanted, a dashboard behind a password. */
export class Traefik extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** Once it stands, its kinds of custom resources are there. */
  readonly ready: pulumi.Resource;
  /** Secret; absent without a dashboard. */
  readonly dashboardPassword?: pulumi.Output<string>;

  constructor(name: string, args: TraefikArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:platform:Traefik", name, {}, opts);
    const parent = { parent: this };
    const { acmeRootCertificate, authority } = args;
    const namespace = namespaceOf(traefikNamespace, "restricted", { ...parent, dependsOn: [...args.after] }, [
      ...platformFlows.traefik,
      ...(authority === undefined ? [] : [askAuthorities]),
    ]);
    this.namespace = namespace.metadata.name;
    const before: pulumi.Resource[] = [];
    if (acmeRootCertificate !== undefined && authority?.rootFile !== undefined)
      before.push(this.rootCertificate(name, authority.rootFile, acmeRootCertificate));
    if (args.dashboard !== undefined) {
      const password = new random.RandomPassword(`${name}-dashboard-password`, { length: 32, special: false }, parent);
      before.push(this.dashboardUsers(name, args.dashboard.user, password.bcryptHash));
      this.dashboardPassword = password.result;
    }
    const credentials = this.dnsCredentials(name, args);
    if (credentials !== undefined) before.push(credentials);
    const values = traefikValues({ ...args, dnsCredentialsSecret: credentials?.metadata.name });
    this.ready = release(
      `${name}-release`,
      { name: traefikService, source: args.source, namespace: namespace.metadata.name, values },
      { ...parent, dependsOn: before },
    );
    this.registerOutputs();
  }

  /**
   * Named by what is in it, as pods read their environment only when they start. The name tells nothing of it: what is hashed has a
   * secret salt.
   */
  private dnsCredentials(
    name: string,
    { authority, dnsCredentials }: TraefikArgs,
  ): kubernetes.core.v1.Secret | undefined {
    if (authority?.dnsChallenge === undefined) return undefined;
    assert(dnsCredentials !== undefined, "a DNS challenge without grappe:dnsCredentials");
    const salt = new random.RandomPassword(`${name}-dns-credentials-salt`, { length: 32 }, { parent: this }).result;
    const revision = pulumi
      .all([salt, dnsCredentials])
      .apply((texts) => createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 8));
    return new kubernetes.core.v1.Secret(
      `${name}-dns-credentials`,
      {
        metadata: {
          namespace: this.namespace,
          name: pulumi.interpolate`${traefikNames.dnsCredentials}-${pulumi.unsecret(revision)}`,
        },
        stringData: dnsCredentials.apply((text) => environmentVariables.parse(JSON.parse(text))),
      },
      { parent: this },
    );
  }

  private rootCertificate(name: string, file: string, certificate: pulumi.Input<string>): pulumi.Resource {
    return new kubernetes.core.v1.ConfigMap(
      `${name}-acme-root`,
      {
        metadata: { namespace: this.namespace, name: traefikNames.acmeRoot },
        data: { [file]: certificate },
      },
      { parent: this },
    );
  }

  /** The hash is made once and kept in the state: a fresh salt at every run would change the Secret each time. */
  private dashboardUsers(name: string, user: string, hash: pulumi.Output<string>): pulumi.Resource {
    return new kubernetes.core.v1.Secret(
      `${name}-dashboard-users`,
      {
        metadata: { namespace: this.namespace, name: traefikNames.dashboardUsers },
        stringData: { users: pulumi.interpolate`${user}:${hash}` },
      },
      { parent: this },
    );
  }
}
