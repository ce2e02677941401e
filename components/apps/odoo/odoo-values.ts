import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { databaseOperatorNamespace } from "../../platform/database-operator.ts";
import type { Ingress } from "../../platform/platform.ts";
import { traefikImageReference } from "../../platform/traefik-values.ts";
import { isOdooSeries, seriesOf } from "../../settings/odoo-series.ts";
import type { Product } from "../../settings/products/product-list.ts";
import type { Exposure } from "../../settings/schema/exposure.ts";
import { exposedService, exposedUrls, ingressAnnotations } from "../exposure.ts";
import type { OdooSettings } from "./manifest.ts";
import { sessionModuleObject } from "./session-module.ts";

/** Names of the Secrets that the chart reads. */
export const odooSecrets = {
  administrator: "odoo-administrator",
  database: "odoo-database",
  cashiers: "odoo-cashiers",
} as const;

/** Name of the release's database, as the chart calls it. */
export function databaseName(release: string): string {
  return `${release}-database`;
}

/** The role that owns Odoo's database. */
export const databaseUser = "odoo";

function service(exposure: Exposure) {
  const { annotations, spec, nodePort } = exposedService(exposure);
  return {
    type: spec.type,
    annotations,
    proxyImage: traefikImageReference,
    ...(spec.externalTrafficPolicy === undefined ? {} : { externalTrafficPolicy: spec.externalTrafficPolicy }),
    ...(nodePort === undefined ? {} : { nodePort }),
  };
}

/** The way in, and what answers there while Odoo is away: on two nodes where there are as many. */
function ingressValues(exposure: Exposure, { ingress, schedulableNodes }: Reached) {
  if (exposure.by !== "ingress" || ingress === undefined) return { ingress: { enabled: false } };
  const { className, namespace, entryPoint, certificateResolver, isBehindProxy = false } = ingress;
  return {
    ingress: {
      enabled: true,
      className,
      namespace,
      host: exposure.host,
      annotations: ingressAnnotations(ingress),
      entryPoint,
      isBehindProxy,
      ...(certificateResolver === undefined ? {} : { certificateResolver }),
    },
    waitingPage: { enabled: true, replicas: schedulableNodes > 1 ? 2 : 1 },
  };
}

function storageClass(name: string | undefined) {
  return name === undefined ? {} : { storageClass: name };
}

/** How the cluster's applications are reached. */
export interface Reached {
  /** Addresses of the nodes, for the URLs of a node port. */
  readonly nodes: readonly string[];
  /** How many of them take applications' pods. */
  readonly schedulableNodes: number;
  readonly ingress?: Ingress;
}

/**
 * Where the settings alone decide that Odoo answers, the address that people are given first; none where the load balancer
 * chooses it.
 */
export function settledUrls({ expose }: OdooSettings, { nodes, ingress }: Reached): string[] {
  return exposedUrls(expose, nodes, expose.by === "loadBalancer" ? expose.address : undefined, ingress);
}

/** Two survive the loss of one machine; with files only one is sure to find them. */
function replicas({ replicas, filestore }: OdooSettings, { schedulableNodes }: Reached): number {
  return replicas ?? (filestore === undefined ? Math.min(2, Math.max(1, schedulableNodes)) : 1);
}

/** Where attachments and sessions are kept. */
function files({ image, filestore, filestoreAccessMode }: OdooSettings) {
  const series = seriesOf(image);
  const sessions = isOdooSeries(series) ? { module: sessionModuleObject(series) } : {};
  if (filestore === undefined) return { filestore: { enabled: false }, sessions };
  const { size, moveToDatabase } = filestore;
  const volume = { size, accessMode: filestoreAccessMode, ...storageClass(filestore.storageClass) };
  return moveToDatabase
    ? { filestore: { enabled: false, moveToDatabase, ...volume }, sessions }
    : { filestore: { enabled: true, ...volume } };
}

/** Whether Odoo keeps attachments and sessions in its database. */
export function isWithoutFiles({ filestore }: OdooSettings): boolean {
  return filestore === undefined || filestore.moveToDatabase;
}

/** A till that sells at once, where the settings want one. */
function till({ pointOfSale }: OdooSettings, products: readonly Product[]) {
  if (pointOfSale === undefined) return {};
  const { name, cashiers } = pointOfSale;
  return { pointOfSale: { name, cashiers, products } };
}

/** Whose the database is, and where it is saved. */
export interface OdooDatabase {
  /** CloudNativePG's, also with one instance. */
  readonly byOperator: boolean;
  readonly backup?: {
    /** Name of the ObjectStore, in the release's namespace. */
    readonly objectStore: string;
    /** The database's folder in it. */
    readonly server: pulumi.Input<string>;
    readonly recoveryPointSeconds: number;
  };
}

/** What the database is made of, where it isn't made empty. */
function restored({ restore }: OdooSettings) {
  if (restore === undefined) return {};
  const { from, at } = restore;
  return { restore: { server: from, ...(at === "latest" ? {} : { targetTime: at }) } };
}

/**
 * The values of our chart that the settings decide; none is a secret, and the rest are the chart's defaults.
 *
 * @param products of the point of sale's list
 */
export function odooValues(
  settings: OdooSettings,
  reached: Reached,
  products: readonly Product[] = [],
  { byOperator, backup }: OdooDatabase = { byOperator: settings.postgres.instances > 1 },
) {
  const { postgres, country } = settings;
  const [url = ""] = settledUrls(settings, reached);
  return {
    image: settings.image,
    replicas: replicas(settings, reached),
    odoo: {
      modules: settings.modules,
      language: settings.language,
      workers: settings.workers,
      url,
      ...(country === undefined ? {} : { country }),
    },
    ...till(settings, products),
    administrator: { login: settings.adminLogin },
    secrets: { ...odooSecrets },
    database: {
      kind: byOperator ? "cluster" : "single",
      instances: postgres.instances,
      name: settings.database,
      size: postgres.size,
      operatorNamespace: databaseOperatorNamespace,
      ...storageClass(postgres.storageClass),
      ...(backup === undefined ? {} : { backup }),
      ...restored(settings),
    },
    ...files(settings),
    guard: { rpcAllowedCidrs: settings.rpcAllowedCidrs },
    service: service(settings.expose),
    ...ingressValues(settings.expose, reached),
  };
}

/** The address that a load balancer gave to a Service, once it did. */
export function addressOf(status: types.output.core.v1.ServiceStatus | undefined): string | undefined {
  return status?.loadBalancer?.ingress?.[0]?.ip;
}
