import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster/cluster.ts";
import type { ArtifactSource } from "../host/artifacts/artifact-source.ts";
import { inCluster } from "../platform/in-cluster.ts";
import type { Platform } from "../platform/platform.ts";
import { isByOperator } from "../settings/databases.ts";
import { schedulable } from "../settings/rules/workloads.ts";
import type { OdooSettings } from "../settings/schema/apps.ts";
import type { Settings } from "../settings/settings.ts";
import type { Site } from "../site/site.ts";
import { Calculator } from "./calculator/calculator.ts";
import type { SavedAt } from "./database-backup/database-backup.ts";
import { declaredApps, type Passwords } from "./declared/declared-apps.ts";
import { Edge } from "./edge/edge.ts";
import { impossibleExposure } from "./exposure.ts";
import { Odoo } from "./odoo/odoo.ts";
import { serviceImage } from "./service-image.ts";

/** What the applications tell of themselves. */
export interface Apps {
  /** Application to the addresses at which it answers. */
  readonly urls: Readonly<Record<string, pulumi.Output<string[]>>>;
  readonly odoo?: {
    readonly adminLogin: string;
    readonly adminPassword: pulumi.Output<string>;
    /** Login to password of each cashier; absent where there are none. */
    readonly cashiers?: Readonly<Record<string, pulumi.Output<string>>>;
  };
  /** Application to where its database is saved. */
  readonly backups?: Readonly<Record<string, SavedAt>>;
  /** Of applications that are declared: what was generated for each, by its place. Absent where nothing was. */
  readonly passwords?: Passwords;
}

/** Throws with every exposure that the platform can't give, before any application's first resource. */
function refuseImpossibleExposures(settings: Settings, platform: Platform): void {
  const { declared, ...builtIn } = settings.apps;
  const problems = Object.entries({ ...builtIn, ...declared }).flatMap(([name, app]) =>
    app?.expose === undefined ? [] : (impossibleExposure(name, app.expose, platform) ?? []),
  );
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
}

/** Behind the ingress its waiting page is made of the ingress' own kinds of objects. */
function beforeOdoo({ expose }: OdooSettings, { ready, ingress }: Platform): readonly pulumi.Resource[] {
  return expose.by === "ingress" && ingress?.ready !== undefined ? [...ready, ingress.ready] : ready;
}

/** Who logs in to the shop, and by which password. */
function toldOf({ adminLogin, adminPassword, cashierPasswords: cashiers }: Odoo): Apps["odoo"] {
  return { adminLogin, adminPassword, ...(Object.keys(cashiers).length === 0 ? {} : { cashiers }) };
}

/** A claim names its class always: one that is named no more, or that the default was, would be another claim to the API. */
function withClass(odoo: OdooSettings, defaultClass: string | undefined): OdooSettings {
  if (odoo.filestore === undefined) return odoo;
  return { ...odoo, filestore: { storageClass: defaultClass, ...odoo.filestore } };
}

/** Deploys the applications that the settings name; images of our own come from the bundle, where there is one. */
export function apps(
  settings: Settings,
  site: Site,
  cluster: Cluster,
  platform: Platform,
  source: ArtifactSource,
): Apps {
  refuseImpossibleExposures(settings, platform);
  const { odoo, calculator, edge } = settings.apps;
  const { products } = settings;
  const opts = inCluster(cluster);
  const reached = { nodes: site.hosts.map(({ privateAddress }) => privateAddress), ingress: platform.ingress };
  const schedulableNodes = schedulable(settings.site, settings.cluster).length;
  const { control } = platform;
  const shop =
    odoo &&
    new Odoo(
      "odoo",
      {
        settings: withClass(odoo, platform.defaultStorageClass),
        products,
        ...reached,
        schedulableNodes,
        control,
        source,
        byOperator: isByOperator(settings),
        backups: platform.backups,
        after: beforeOdoo(odoo, platform),
      },
      opts,
    );
  const stateless = { ...reached, after: platform.readyForPods };
  const nodes = { bundle: source.bundle, architectures: site.hosts.map(({ architecture }) => architecture) };
  const { declared, passwords } = declaredApps(settings, { ...reached, platform }, opts);
  const made = {
    odoo: shop,
    calculator:
      calculator &&
      new Calculator(
        "calculator",
        { settings: calculator, ...serviceImage("calculator", calculator.image, nodes), ...stateless },
        opts,
      ),
    edge: edge && new Edge("edge", { settings: edge, ...serviceImage("edge", edge.image, nodes), ...stateless }, opts),
    ...declared,
  };
  const urls = Object.entries(made).flatMap(([name, app]) => (app === undefined ? [] : [[name, app.urls] as const]));
  return {
    urls: Object.fromEntries(urls),
    odoo: shop && toldOf(shop),
    backups: shop?.savedAt && { odoo: shop.savedAt },
    passwords,
  };
}
