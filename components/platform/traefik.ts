import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ChartSource } from "./chart.ts";
import { namespaceOf } from "./in-cluster.ts";
import { release } from "./release.ts";
import { type TraefikConfiguration, traefikNames, traefikValues } from "./traefik-values.ts";

export interface TraefikArgs extends Omit<TraefikConfiguration, "dashboard"> {
  readonly source: ChartSource;
  /** PEM of the root that the ACME authority's own address is trusted by, where that is a private one. */
  readonly acmeRootCertificate?: pulumi.Input<string>;
  readonly dashboard?: { readonly host: string; readonly user: string };
  /** What must stand before: load balancer, storage class, authority. */
  readonly after: readonly pulumi.Resource[];
}

export const traefikNamespace = "traefik";

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
    const namespace = namespaceOf(traefikNamespace, "restricted", { ...parent, dependsOn: [...args.after] });
    this.namespace = namespace.metadata.name;
    const before: pulumi.Resource[] = [];
    const { acmeRootCertificate, authority } = args;
    if (acmeRootCertificate !== undefined && authority?.rootFile !== undefined)
      before.push(this.rootCertificate(name, authority.rootFile, acmeRootCertificate));
    if (args.dashboard !== undefined) {
      const password = new random.RandomPassword(`${name}-dashboard-password`, { length: 32, special: false }, parent);
      before.push(this.dashboardUsers(name, args.dashboard.user, password.bcryptHash));
      this.dashboardPassword = password.result;
    }
    this.ready = release(
      `${name}-release`,
      { name: "traefik", source: args.source, namespace: namespace.metadata.name, values: traefikValues(args) },
      { ...parent, dependsOn: before },
    );
    this.registerOutputs();
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
