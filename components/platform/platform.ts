import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster/cluster.ts";
import type { Host } from "../host/host.ts";
import { isFromAcme } from "../settings/certificates.ts";
import { needsOperator, savesDatabases } from "../settings/databases.ts";
import { ingressNames } from "../settings/exposures.ts";
import { schedulable } from "../settings/rules/workloads.ts";
import type { BackupSettings } from "../settings/schema/backup.ts";
import type { Settings } from "../settings/settings.ts";
import { isExcepted, type SiteProxy, siteProxy } from "../settings/site-proxy.ts";
import type { Site } from "../site/site.ts";
import { acmeStoreTimer } from "./acme-store.ts";
import { BarmanPlugin } from "./barman-plugin.ts";
import { acmeAuthority, certificateResolver, ownAuthoritySecrets } from "./certificates.ts";
import { chartSource, charts } from "./chart.ts";
import type { ControlHost } from "./custom-resource-gate.ts";
import { DatabaseOperator } from "./database-operator.ts";
import { inCluster } from "./in-cluster.ts";
import { LocalStorage } from "./local-storage.ts";
import { Metallb } from "./metallb.ts";
import { type NfsServerArgs, nfsClients } from "./nfs-server.ts";
import { NfsStorage } from "./nfs-storage.ts";
import { OwnAuthority } from "./own-authority.ts";
import { Pebble } from "./pebble.ts";
import { type ServerTimer, ServerTimers } from "./server-timers.ts";
import { Traefik, type TraefikArgs, traefikService } from "./traefik.ts";
import { traefikNamespace } from "./traefik-values.ts";

/** An ingress controller, as applications need to know it. */
export interface Ingress {
  readonly className: string;
  readonly namespace: string;
  /** Entry point of Traefik that routes belong to: with certificates the encrypted one. */
  readonly entryPoint: "web" | "websecure";
  /** What makes custom resources of the ingress waits for this; an Ingress needn't. */
  readonly ready?: pulumi.Resource;
  /** Whether a proxy before it says in X-Forwarded-For who asks. */
  readonly isBehindProxy?: boolean;
  /** Where certificates are an ACME authority's; without it encrypted routes have the ingress' one certificate. */
  readonly certificateResolver?: string;
  /** PEM of the root of the shop's own authority, where there is one. */
  readonly rootCertificate?: pulumi.Output<string>;
  readonly dashboard?: { readonly url: string; readonly user: string; readonly password?: pulumi.Output<string> };
}

/** The bucket that databases are saved to. */
export interface DatabaseBackups {
  readonly settings: BackupSettings;
  /** Of the S3 account; secret. */
  readonly secretKey: pulumi.Output<string>;
  /** Where the bucket is reached by it alone. */
  readonly proxy?: SiteProxy;
  /** Begins the name of each database's folder. */
  readonly stack: string;
}

/** What the platform gives to applications. */
export interface Platform {
  /** The server on which kubectl runs for a step. */
  readonly control: ControlHost;
  /** Whether Services of type LoadBalancer get an address. */
  readonly loadBalancer: boolean;
  readonly ingress?: Ingress;
  /** Class of claims that name none. */
  readonly defaultStorageClass?: string;
  /** Where databases are saved, and restored from. */
  readonly backups?: DatabaseBackups;
  /** Applications wait for these: what their objects need in order to be made, and to be removed. */
  readonly ready: readonly pulumi.Resource[];
  /** Enough for applications without storage: they are made while the agents join, and their pods wait for these. */
  readonly readyForPods: readonly pulumi.Resource[];
}

/** What the parts share while they are made. */
interface Foundation {
  readonly settings: Settings;
  readonly site: Site;
  readonly control: ControlHost;
  readonly nodes: readonly pulumi.Resource[];
  readonly opts: pulumi.ComponentResourceOptions;
}

function controlHost(settings: Settings, hosts: readonly Host[]): ControlHost {
  const host = hosts.find(({ role }) => role === "server");
  assert(host !== undefined, "a site without a server");
  return { host, distribution: settings.cluster.distribution };
}

/** The subnet that what the load balancer announces must run in; `undefined` where all nodes are in one. */
export function announcingSubnet(site: Pick<Site, "hosts" | "loadBalancerSubnet">): string | undefined {
  const subnets = new Set(site.hosts.map(({ subnet }) => subnet));
  return subnets.size > 1 ? site.loadBalancerSubnet : undefined;
}

function loadBalancer({ settings, site, control, nodes, opts }: Foundation): Metallb | undefined {
  if (settings.platform.loadBalancer === "none" || site.loadBalancerPool.length === 0) return undefined;
  return new Metallb(
    "metallb",
    {
      source: chartSource(charts.metallb, settings.artifacts),
      control,
      pool: site.loadBalancerPool,
      subnet: site.loadBalancerSubnet,
      serversTakePods: settings.cluster.schedulableServers,
      after: nodes,
    },
    opts,
  );
}

function nfsExport({ settings, site }: Foundation): NfsServerArgs | { server: string; path: string } | undefined {
  const { nfs } = settings.platform.storage;
  if (nfs === undefined || nfs.kind === "existing") return nfs;
  const host = site.hosts.find(({ name }) => name === nfs.host);
  assert(host !== undefined, `no host of the site is called ${nfs.host}`);
  const clients = nfsClients(site.hosts, nfs.allowedCidrs);
  return { host, path: nfs.path, clients, idmapDomain: nfs.idmapDomain };
}

function storage(foundation: Foundation): pulumi.Resource[] {
  const { settings, nodes, opts } = foundation;
  const { local, onDelete, defaultClass } = settings.platform.storage;
  const ready: pulumi.Resource[] = [];
  if (local !== undefined) {
    const isDefault = defaultClass === "local-path";
    const args = { path: local.path, isDefault, retain: onDelete !== "delete", after: nodes };
    ready.push(new LocalStorage("local-storage", args, opts).ready);
  }
  const exported = nfsExport(foundation);
  if (exported !== undefined) {
    const source = chartSource(charts.csiDriverNfs, settings.artifacts);
    const args = { source, export: exported, isDefault: defaultClass === "nfs-client", onDelete, after: nodes };
    ready.push(new NfsStorage("nfs-storage", args, opts).ready);
  }
  return ready;
}

const isBalanced = ({ settings, site }: Foundation) =>
  settings.platform.loadBalancer !== "none" && site.loadBalancerPool.length > 0;

/** The shop's own authority, where the settings choose it. */
function ownAuthority(foundation: Foundation, traefik: Traefik): OwnAuthority | undefined {
  const { settings, control, opts } = foundation;
  if (settings.platform.certificates.authority !== "own") return undefined;
  return new OwnAuthority(
    "own-authority",
    {
      namespace: traefik.namespace,
      commonName: `grappe ${settings.stack}`,
      names: ingressNames(settings.platform, settings.apps).map(({ host }) => host),
      ...(isBalanced(foundation) ? { service: traefikService } : {}),
      control,
      after: [traefik.ready],
    },
    opts,
  );
}

/** Where no volume is asked for, what an ACME authority gave is kept in the cluster. */
function keepAcmeStore({ settings, control }: Foundation, traefik: Traefik): ServerTimer | undefined {
  const authority = acmeAuthority(settings.platform.certificates);
  if (authority === undefined || settings.platform.ingress?.persistence !== undefined) return undefined;
  const { namespace, ready } = traefik;
  return acmeStoreTimer({ authority, namespace, distribution: control.distribution, after: [ready] });
}

function traefikOf(
  { settings, site, control, nodes, opts }: Foundation,
  wanted: NonNullable<Settings["platform"]["ingress"]>,
  args: Pick<TraefikArgs, "loadBalancer" | "after">,
): Traefik {
  const { certificates, storage } = settings.platform;
  const pebbleSource = chartSource(charts.pebble, settings.artifacts);
  const pebble =
    certificates.authority === "pebble"
      ? new Pebble("pebble", { source: pebbleSource, control, after: nodes }, opts)
      : undefined;
  return new Traefik(
    "traefik",
    {
      source: chartSource(charts.traefik, settings.artifacts),
      address: wanted.address,
      authority: acmeAuthority(certificates),
      acmeRootCertificate: certificates.authority === "letsEncrypt" ? certificates.caRoot : pebble?.rootCertificate,
      dnsCredentials: settings.secrets.dnsCredentials,
      ...(certificates.authority === "own" ? { certificateSecret: ownAuthoritySecrets.certificate } : {}),
      ...(wanted.persistence === undefined
        ? {}
        : {
            persistence: {
              size: wanted.persistence.size,
              storageClass: wanted.persistence.storageClass ?? storage.defaultClass,
            },
          }),
      schedulableNodes: schedulable(settings.site, settings.cluster).length,
      dashboard: wanted.dashboard,
      externalTrafficPolicy: wanted.externalTrafficPolicy,
      trusted: {
        forwardedHeaders: wanted.forwardedHeaders.trustedIPs,
        proxyProtocol: wanted.proxyProtocol.trustedIPs,
      },
      subnet: announcingSubnet(site),
      strictTransport: isTrusted(certificates),
      ...args,
    },
    opts,
  );
}

/** Certificates that browsers come to trust; those of a test aren't. */
function isTrusted(certificates: Settings["platform"]["certificates"]): boolean {
  const { authority } = certificates;
  return authority === "own" || (authority === "letsEncrypt" && certificates.environment === "production");
}

/** The ingress, and what runs on the servers for its certificates. */
interface Gateway {
  readonly ingress?: Ingress;
  readonly timers: readonly ServerTimer[];
}

function gatewayOf(foundation: Foundation, after: readonly pulumi.Resource[]): Gateway {
  const { ingress: wanted, certificates } = foundation.settings.platform;
  if (wanted === undefined) return { timers: [] };
  const traefik = traefikOf(foundation, wanted, { loadBalancer: isBalanced(foundation), after });
  const authority = ownAuthority(foundation, traefik);
  const encrypted = certificates.authority !== "none";
  const { dashboard } = wanted;
  const ingress: Ingress = {
    className: "traefik",
    namespace: traefikNamespace,
    entryPoint: encrypted ? "websecure" : "web",
    ready: traefik.ready,
    isBehindProxy: wanted.forwardedHeaders.trustedIPs.length > 0,
    certificateResolver: isFromAcme(certificates) ? certificateResolver : undefined,
    rootCertificate: authority?.rootCertificate,
    dashboard: dashboard && {
      url: `${encrypted ? "https" : "http"}://${dashboard.host}/dashboard/`,
      user: dashboard.user,
      password: traefik.dashboardPassword,
    },
  };
  const timers = [authority?.timer, keepAcmeStore(foundation, traefik)].filter((timer) => timer !== undefined);
  return { ingress, timers };
}

/** The operator of databases, and the plugin that saves them, where the settings want them. */
function databases({ settings, control, nodes, opts }: Foundation): readonly pulumi.Resource[] {
  if (!needsOperator(settings)) return [];
  const operator = new DatabaseOperator(
    "database-operator",
    { source: chartSource(charts.cloudnativePg, settings.artifacts), control, after: nodes },
    opts,
  );
  if (!savesDatabases(settings)) return [operator.ready];
  const source = chartSource(charts.barmanCloud, settings.artifacts);
  const { namespace } = operator;
  const plugin = new BarmanPlugin("barman-plugin", { source, control, namespace, after: [operator.ready] }, opts);
  return [operator.ready, plugin.ready];
}

function backups({ settings }: Foundation): DatabaseBackups | undefined {
  const { backup } = settings.platform;
  const { backupSecretKey: secretKey } = settings.secrets;
  if (backup === undefined || !savesDatabases(settings)) return undefined;
  assert(secretKey !== undefined, "databases are backed up, but grappe:backupSecretKey is missing");
  const proxy = siteProxy(settings);
  const [server = ""] = backup.s3.endpoint.split(":");
  const isDirect = proxy === undefined || isExcepted(server, proxy.exceptions);
  return { settings: backup, secretKey, stack: settings.stack, ...(isDirect ? {} : { proxy }) };
}

/** Load balancer, storage, ingress with certificates, database operator: what the settings ask for, each its own component. */
export function platform(settings: Settings, site: Site, cluster: Cluster): Platform {
  const foundation: Foundation = {
    settings,
    site,
    control: controlHost(settings, site.hosts),
    nodes: cluster.memberships,
    opts: inCluster(cluster),
  };
  const balancer = loadBalancer(foundation);
  const addresses = balancer === undefined ? [] : [balancer.ready];
  const classes = storage(foundation);
  const { ingress, timers } = gatewayOf(foundation, [...foundation.nodes, ...addresses, ...classes]);
  const servers = site.hosts.filter(({ role }) => role === "server");
  new ServerTimers("server-timers", { timers, servers, after: foundation.nodes }, foundation.opts);
  return {
    control: foundation.control,
    loadBalancer: balancer !== undefined,
    ingress,
    defaultStorageClass: settings.platform.storage.defaultClass,
    backups: backups(foundation),
    // Not the ingress: a route may be there before what serves it, and so both are made at once.
    ready: [...foundation.nodes, ...addresses, ...classes, ...databases(foundation)],
    readyForPods: [...cluster.joining, ...addresses],
  };
}
