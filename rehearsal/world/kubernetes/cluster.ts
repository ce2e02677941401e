import { createHash, randomBytes } from "node:crypto";
import { parse } from "yaml";
import { Refusal } from "../refusal.ts";
import type { Fields } from "./immutability.ts";

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** What each field manager last applied, as text: it owns the fields that it set. */
  readonly applied?: Map<string, string>;
  /** What was applied last, as far as it is known. */
  readonly fields?: Fields;
}

export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  /** As Helm's last record has it: pending as long as Helm waits for what it has made. */
  status: "pending-install" | "pending-upgrade" | "deployed" | "failed";
  /** Keys of objects that the chart made, and that go with it. */
  objects: readonly string[];
}

export interface Node {
  readonly name: string;
  readonly machine: { readonly name: string; member: Member | undefined };
  /** By what the cluster tells one machine of this name from another. */
  readonly machineLabel: string;
}

/** What stands on a database's volumes. */
export interface Database {
  /** Its name, given when it was made and never again. */
  readonly name: string;
  /** What initialised it. */
  readonly revisions: Set<string>;
}

/** A Kubernetes API and all that it knows. */
export interface Cluster {
  /** Base64 of a certificate that only this cluster has. */
  readonly authority: string;
  /** By what everything that joins knows it. */
  readonly fingerprint: string;
  /** Host names and addresses that the API's certificate holds, and at which it answers. */
  readonly endpoints: Set<string>;
  /** What its first server said that all of them must say alike. */
  readonly made: ReadonlyMap<string, string>;
  /** Names of nodes that may join. */
  readonly admitted: Set<string>;
  readonly nodes: Map<string, Node>;
  readonly objects: Map<string, KubernetesObject>;
  readonly releases: Map<string, HelmRelease>;
  /** By namespace, release and kind. */
  readonly databases: Map<string, Database>;
  /** Keys of the administrators' kubeconfigs that were given out, and when each ends. */
  readonly administrators: Map<string, Date>;
  /** The time on its servers. */
  readonly now: () => Date;
}

/** What a machine knows of its own membership of a cluster. */
export interface Member {
  readonly cluster: Cluster;
  readonly role: "server" | "agent";
  readonly nodeName: string;
  version: string;
  configHash: string;
  /** When its certificates end. */
  certificatesEnd: Date;
  /** A change that waits until the node was drained. */
  staged: { readonly version: string; readonly configHash: string } | undefined;
}

/** Namespaces that every cluster is born with. */
const BORN_WITH = ["default", "kube-system", "kube-public", "kube-node-lease"];

export function newCluster(
  endpoints: Iterable<string>,
  made: ReadonlyMap<string, string> = new Map(),
  now = () => new Date(),
): Cluster {
  const body = randomBytes(300).toString("base64");
  const pem = `-----BEGIN CERTIFICATE-----\n${body.replace(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----\n`;
  const cluster: Cluster = {
    authority: Buffer.from(pem).toString("base64"),
    fingerprint: createHash("sha256").update(pem).digest("hex"),
    endpoints: new Set(endpoints),
    made,
    admitted: new Set(),
    nodes: new Map(),
    objects: new Map(),
    releases: new Map(),
    databases: new Map(),
    administrators: new Map(),
    now,
  };
  for (const name of BORN_WITH) {
    const namespace = { apiVersion: "v1", kind: "Namespace", namespace: undefined, name };
    cluster.objects.set(objectKey(namespace), namespace);
  }
  return cluster;
}

/** A key like the API's own path: group, kind, namespace, name. */
export function objectKey(object: KubernetesObject): string {
  const group = object.apiVersion.includes("/") ? object.apiVersion.split("/")[0] : "";
  return `${group}/${object.kind}/${object.namespace ?? ""}/${object.name}`;
}

/** Objects that aren't the cluster's own. */
export function foreignObjects(cluster: Cluster): KubernetesObject[] {
  return [...cluster.objects.values()].filter(
    (object) => !(object.kind === "Namespace" && BORN_WITH.includes(object.name)),
  );
}

interface Kubeconfig {
  readonly clusters?: readonly {
    readonly cluster?: { readonly server?: string; readonly "certificate-authority-data"?: string };
  }[];
  readonly users?: readonly { readonly user?: { readonly "client-key-data"?: string } }[];
}

/** The cluster that a kubeconfig leads to. @throws Refusal if no API answers there, or another one, or it has ended */
export function clusterAt(clusters: Iterable<Cluster>, kubeconfig: string): Cluster {
  const config: Kubeconfig | null = parse(kubeconfig);
  const entry = config?.clusters?.[0]?.cluster;
  if (entry?.server === undefined) throw new Refusal("invalid configuration: no configuration has been provided");
  const { hostname, port } = new URL(entry.server);
  const found = [...clusters].find((cluster) => cluster.endpoints.has(hostname));
  if (found === undefined)
    throw new Refusal(
      `configured Kubernetes cluster is unreachable: dial tcp ${hostname}:${port}: connect: no route to host`,
    );
  if (port !== "6443") throw new Refusal(`dial tcp ${hostname}:${port}: connect: connection refused`);
  if (entry["certificate-authority-data"] !== found.authority)
    throw new Refusal(`tls: failed to verify certificate: x509: certificate signed by unknown authority (${hostname})`);
  const end = found.administrators.get(config?.users?.[0]?.user?.["client-key-data"] ?? "");
  if (end !== undefined && end <= found.now())
    throw new Refusal("the server has asked for the client to provide credentials");
  return found;
}

/**
 * The kubeconfig of a cluster's administrator.
 *
 * @param key of the administrator's certificate, base64
 */
export function kubeconfigOf(cluster: Cluster, server: string, key: string): string {
  return [
    "apiVersion: v1",
    "kind: Config",
    "clusters:",
    `- {name: default, cluster: {server: "https://${server}:6443", certificate-authority-data: ${cluster.authority}}}`,
    "contexts:",
    "- {name: default, context: {cluster: default, user: default}}",
    "current-context: default",
    "users:",
    `- {name: default, user: {client-certificate-data: ${randomBytes(120).toString("base64")}, client-key-data: ${key}}}`,
    "",
  ].join("\n");
}
