import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { remote } from "@pulumi/command";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ArtifactSource } from "../../host/artifacts/artifact-source.ts";
import type { ControlHost } from "../../platform/custom-resource-gate.ts";
import { namespaceOf } from "../../platform/in-cluster.ts";
import type { DatabaseBackups } from "../../platform/platform.ts";
import { release } from "../../platform/release.ts";
import { isOdooSeries, seriesOf } from "../../settings/odoo-series.ts";
import type { Product } from "../../settings/products/product-list.ts";
import { DatabaseBackup, type SavedAt } from "../database-backup/database-backup.ts";
import { exposedUrls } from "../exposure.ts";
import { balancedAddress } from "./balanced-address.ts";
import { chartRevision } from "./chart-revision.ts";
import { databaseGate } from "./database-gate.ts";
import type { OdooSettings } from "./manifest.ts";
import {
  addressOf,
  databaseName,
  databaseUser,
  isWithoutFiles,
  type OdooDatabase,
  odooSecrets,
  odooValues,
  type Reached,
  settledUrls,
} from "./odoo-values.ts";
import { sessionModule } from "./session-module.ts";

export interface OdooArgs extends Reached {
  readonly settings: OdooSettings;
  /** Of the point of sale's list. */
  readonly products: readonly Product[];
  /** The server on which the session module becomes an object, and where it comes from. */
  readonly control: ControlHost;
  readonly source: ArtifactSource;
  /** Whether CloudNativePG keeps the database, also a single instance. */
  readonly byOperator: boolean;
  /** Where the database is saved; absent where it isn't. */
  readonly backups?: DatabaseBackups;
  /** What must stand before: storage classes, load balancer, ingress, database operator. */
  readonly after: readonly pulumi.Resource[];
}

/** The chart, as the engine's working folder (the project's) sees it: an absolute path would differ on every computer. */
const chart = { chart: "./charts/odoo", version: "1.0.0" };
const chartFolder = fileURLToPath(new URL("../../../charts/odoo", import.meta.url));

/** A Raspberry Pi needs most of an hour for the database's three instances and the modules. */
const timeoutSeconds = 5400;

/** Odoo with PostgreSQL, its modules and its administrator: ready to log in to once it stands. */
export class Odoo extends pulumi.ComponentResource {
  readonly urls: pulumi.Output<string[]>;
  readonly adminLogin: string;
  /** Secret. It stays what it is until the settings want another one. */
  readonly adminPassword: pulumi.Output<string>;
  /** Secret. Login to password of each cashier. */
  readonly cashierPasswords: Readonly<Record<string, pulumi.Output<string>>>;
  /** Where the database is saved. */
  readonly savedAt?: SavedAt;

  constructor(name: string, args: OdooArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:apps:Odoo", name, {}, opts);
    const { settings } = args;
    // The chart has its pods' flows: here is only that there are no others.
    const namespace = namespaceOf(name, "restricted", { parent: this, dependsOn: [...args.after] }, []);
    const password = (of: string) =>
      this.password(`${name}-${of}-password`, settings.passwordRevision, { length: 32, special: false });
    const [admin, master, database] = [password("admin"), password("master"), password("database")];
    this.cashierPasswords = this.passwordsOfCashiers(name, settings);
    const secrets = [
      ...this.cashierSecret(name, namespace),
      this.secret(`${name}-administrator`, namespace, odooSecrets.administrator, "Opaque", {
        password: admin,
        "master-password": master,
      }),
      this.secret(`${name}-database`, namespace, odooSecrets.database, "kubernetes.io/basic-auth", {
        username: databaseUser,
        password: database,
      }),
    ];
    const backup = this.backup(name, args, namespace);
    const credentialsRevision = revisionOf([admin, master, database, ...Object.values(this.cashierPasswords)]);
    const installed = release(
      `${name}-release`,
      {
        name,
        source: chart,
        namespace: namespace.metadata.name,
        values: {
          ...odooValues(settings, args, args.products, databaseOf(args, backup)),
          credentialsRevision,
          chartRevision: chartRevision(chartFolder),
        },
        timeoutSeconds,
      },
      {
        parent: this,
        dependsOn: [
          ...secrets,
          ...(backup === undefined ? [] : [backup.ready]),
          ...this.sessionModule(name, args, namespace),
        ],
      },
    );
    const gate = this.databaseGate(name, args, installed);
    backup?.begin(gate ?? installed, pulumi.interpolate`${installed.status.revision}`);
    this.savedAt = backup?.savedAt;
    this.adminLogin = settings.adminLogin;
    this.adminPassword = admin;
    this.urls = this.urlsOf(name, args, installed);
    this.registerOutputs({ urls: this.urls, adminPassword: admin, cashierPasswords: this.cashierPasswords });
  }

  /** None where sessions are files. */
  private sessionModule(name: string, args: OdooArgs, namespace: kubernetes.core.v1.Namespace): remote.Command[] {
    const { settings, control, source } = args;
    const series = seriesOf(settings.image);
    if (!isWithoutFiles(settings) || !isOdooSeries(series)) return [];
    const module = { series, control, source, namespace: namespace.metadata.name };
    return [sessionModule(`${name}-session-module`, module, { parent: this, dependsOn: namespace })];
  }

  private backup(name: string, args: OdooArgs, namespace: kubernetes.core.v1.Namespace): DatabaseBackup | undefined {
    const { backups, control } = args;
    if (backups === undefined) return undefined;
    const saved = { backups, control, app: name, namespace, cluster: databaseName(name) };
    return new DatabaseBackup(`${name}-database-backup`, saved, { parent: this });
  }

  /** `up` ends with a database that is whole; with the chart's own PostgreSQL Helm's wait sees it. */
  private databaseGate(
    name: string,
    { settings, control, byOperator }: OdooArgs,
    installed: kubernetes.helm.v3.Release,
  ): remote.Command | undefined {
    const { instances } = settings.postgres;
    if (!byOperator) return undefined;
    const gate = {
      control,
      namespace: installed.namespace,
      cluster: databaseName(name),
      instances,
      revision: pulumi.interpolate`${installed.status.revision}`,
    };
    return databaseGate(`${name}-database-gate`, gate, { parent: this, dependsOn: installed });
  }

  /** Stays what it is until the settings say another revision; the first has no keepers, as states from before have none. */
  private password(
    name: string,
    revision: number,
    shape: { readonly length: number; readonly special: boolean; readonly upper?: boolean },
  ): pulumi.Output<string> {
    const keepers = revision === 1 ? undefined : { revision: String(revision) };
    return new random.RandomPassword(name, { ...shape, keepers }, { parent: this }).result;
  }

  /** Typed at a till by people who have a customer before them, and so shorter; Odoo counts wrong ones. */
  private passwordsOfCashiers(name: string, { pointOfSale }: OdooSettings) {
    if (pointOfSale === undefined) return {};
    const { cashiers, passwordRevision } = pointOfSale;
    const shape = { length: 12, special: false, upper: false };
    const made = cashiers.map(
      (login) => [login, this.password(`${name}-cashier-${login}`, passwordRevision, shape)] as const,
    );
    return Object.fromEntries(made);
  }

  private cashierSecret(name: string, namespace: kubernetes.core.v1.Namespace): readonly kubernetes.core.v1.Secret[] {
    if (Object.keys(this.cashierPasswords).length === 0) return [];
    return [this.secret(`${name}-cashiers`, namespace, odooSecrets.cashiers, "Opaque", this.cashierPasswords)];
  }

  private secret(
    resourceName: string,
    namespace: kubernetes.core.v1.Namespace,
    name: string,
    type: string,
    stringData: Readonly<Record<string, pulumi.Input<string>>>,
  ): kubernetes.core.v1.Secret {
    const labels = { "cnpg.io/reload": "true" };
    return new kubernetes.core.v1.Secret(
      resourceName,
      // CloudNativePG follows a changed password of a Secret that has this label.
      { metadata: { namespace: namespace.metadata.name, name, labels }, type, stringData },
      { parent: this },
    );
  }

  private urlsOf(name: string, args: OdooArgs, installed: kubernetes.helm.v3.Release): pulumi.Output<string[]> {
    const { expose } = args.settings;
    const settled = settledUrls(args.settings, args);
    if (settled.length > 0) return pulumi.output(settled);
    // Unknown until the release stands, so that a preview doesn't look for a Service that isn't there yet.
    const id = pulumi.interpolate`${installed.status.namespace}/${installed.status.name}`;
    const service = kubernetes.core.v1.Service.get(`${name}-service`, id, { parent: this });
    const urls = service.status.apply((status) => exposedUrls(expose, args.nodes, addressOf(status), args.ingress));
    const told = {
      control: args.control,
      namespace: installed.namespace,
      deployment: name,
      url: urls.apply(([url = ""]) => url),
      revision: pulumi.interpolate`${installed.status.revision}`,
    };
    balancedAddress(`${name}-balanced-address`, told, { parent: this, dependsOn: installed });
    return urls;
  }
}

function databaseOf({ byOperator, backups }: OdooArgs, backup: DatabaseBackup | undefined): OdooDatabase {
  if (backups === undefined || backup === undefined) return { byOperator };
  const { objectStore, savedAt } = backup;
  const { recoveryPointSeconds } = backups.settings;
  return { byOperator, backup: { objectStore, server: savedAt.server, recoveryPointSeconds } };
}

/** Tells one set of passwords from another and nothing else: 12 hex digits of a hash of random texts of 32 characters. */
function revisionOf(passwords: readonly pulumi.Output<string>[]): pulumi.Output<string> {
  const hash = pulumi
    .all([...passwords])
    .apply((texts) => createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 12));
  return pulumi.unsecret(hash);
}
