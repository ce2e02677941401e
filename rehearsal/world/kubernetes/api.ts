import { Refusal } from "../refusal.ts";
import { type ChartRelease, objectsOfChart } from "./chart-objects.ts";
import { type Cluster, type HelmRelease, type KubernetesObject, objectKey } from "./cluster.ts";
import { type Fields, fieldOf, forbiddenChanges } from "./immutability.ts";
import { chartName, groupsOfChart, isNamespaced, runsOnNodes } from "./kinds.ts";
import { awaitOdoo } from "./odoo-database.ts";

function groupOf(object: KubernetesObject): string {
  return object.apiVersion.includes("/") ? (object.apiVersion.split("/")[0] ?? "") : "";
}

function requireNamespace(cluster: Cluster, namespace: string): void {
  const key = objectKey({ apiVersion: "v1", kind: "Namespace", namespace: undefined, name: namespace });
  if (!cluster.objects.has(key)) throw new Refusal(`namespaces "${namespace}" not found`);
}

function requireNodes(cluster: Cluster, what: string): void {
  if (cluster.nodes.size === 0) throw new Refusal(`${what}: timed out waiting: 0/0 nodes are available`);
}

/** The name that a namespace or an object may have. */
const DNS_NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** A server-side apply: who asks, and for what. */
export interface Apply {
  readonly manager: string;
  readonly wanted: string;
}

/** Refuses an update that changes what can't be changed, as the API server does. */
function requireMutable(cluster: Cluster, object: KubernetesObject, before: Fields, after: Fields): void {
  const expands = (name: string) => {
    const key = objectKey({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", namespace: undefined, name });
    return fieldOf(cluster.objects.get(key)?.fields, "allowVolumeExpansion") === true;
  };
  const group = groupOf(object);
  const forbidden = forbiddenChanges(group, object.kind, { before, after, expands });
  if (forbidden.length === 0) return;
  const kind = group === "" ? object.kind : `${object.kind}.${group}`;
  throw new Refusal(`${kind} "${object.name}" is invalid: ${forbidden.join(", ")}`);
}

/**
 * Server-side apply to an object that is there: refused where another manager set the fields to something else (of whole
 * objects, where the real API compares field by field), and where a field changes that can't.
 */
export function applyObject(cluster: Cluster, object: KubernetesObject, { manager, wanted }: Apply): void {
  requireObject(cluster, object);
  const present = cluster.objects.get(objectKey(object));
  const others = [...(present?.applied ?? [])].filter(([other, set]) => other !== manager && set !== wanted);
  const [other] = others[0] ?? [];
  if (other !== undefined) throw new Refusal(`Apply failed with 1 conflict: conflict with "${other}"`);
  const fields: Fields = JSON.parse(wanted);
  if (present?.fields !== undefined) requireMutable(cluster, object, present.fields, fields);
  const applied = new Map(present?.applied).set(manager, wanted);
  cluster.objects.set(objectKey(object), { ...object, applied, fields });
}

/** Creates an object. `builtIn`: the API server itself knows its kind; otherwise a release must have brought it. */
export function createObject(cluster: Cluster, object: KubernetesObject, builtIn: boolean): void {
  const shown = `${object.kind.toLowerCase()} "${object.name}"`;
  if (!DNS_NAME.test(object.name) && !/Role/.test(object.kind))
    throw new Refusal(
      `${object.kind} "${object.name}" is invalid: metadata.name: a lowercase RFC 1123 subdomain is required`,
    );
  const brought = [...cluster.releases.values()].some((one) => groupsOfChart(one.chart).includes(groupOf(object)));
  if (!builtIn && !brought)
    throw new Refusal(
      `creation of resource failed because the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: no matches for kind "${object.kind}" in version "${object.apiVersion}"`,
    );
  if (isNamespaced(object.kind) && object.namespace !== undefined) requireNamespace(cluster, object.namespace);
  if (cluster.objects.has(objectKey(object))) throw new Refusal(`${shown} already exists`);
  if (runsOnNodes(object.kind)) requireNodes(cluster, shown);
  cluster.objects.set(objectKey(object), object);
}

export function requireObject(cluster: Cluster, object: KubernetesObject): void {
  if (!cluster.objects.has(objectKey(object)))
    throw new Refusal(`${object.kind.toLowerCase()} "${object.name}" not found`);
}

/** Deletes an object, and with a namespace all that is in it. What is gone already is no error. */
export function deleteObject(cluster: Cluster, object: KubernetesObject): void {
  cluster.objects.delete(objectKey(object));
  if (object.kind !== "Namespace") return;
  for (const [key, inside] of cluster.objects) if (inside.namespace === object.name) cluster.objects.delete(key);
  for (const [key, release] of cluster.releases) if (release.namespace === object.name) cluster.releases.delete(key);
  for (const key of cluster.databases.keys()) if (key.startsWith(`${object.name}/`)) cluster.databases.delete(key);
}

export interface ReleaseRequest {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly createNamespace: boolean;
  readonly values?: Fields;
}

/** Whether a Service (pure) asks the load balancer for an address. */
function asksForAddress({ kind, fields }: Pick<KubernetesObject, "kind" | "fields">): boolean {
  return kind === "Service" && fieldOf(fields, "spec.type") === "LoadBalancer";
}

/** Refuses a Service that would wait for its address for good, as nothing gives it one. */
export function requireAnnouncer(cluster: Cluster, service: Pick<KubernetesObject, "kind" | "name" | "fields">): void {
  if (!asksForAddress(service) || [...cluster.objects.values()].some(({ kind }) => kind === "IPAddressPool")) return;
  throw new Refusal(
    `Service ${service.name} was not allocated an IP address: nothing gives addresses to LoadBalancer Services`,
  );
}

/** What Helm does with a chart's objects: makes them, patches those that are there, removes those that the chart no longer makes. */
function applyChart(cluster: Cluster, release: HelmRelease, values: Fields): void {
  const { name, namespace } = release;
  const chart = chartName(release.chart);
  const rendered: ChartRelease = { name, values };
  const made = new Set<string>();
  for (const { apiVersion, kind, name: objectName, kept, fields } of objectsOfChart(chart, rendered)) {
    const object = {
      apiVersion,
      kind,
      name: objectName,
      namespace: isNamespaced(kind) ? namespace : undefined,
      fields,
    };
    const key = objectKey(object);
    const before = cluster.objects.get(key)?.fields;
    if (before !== undefined)
      try {
        requireMutable(cluster, object, before, fields);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        throw new Refusal(`cannot patch "${objectName}" with kind ${kind}: ${error.message}`);
      }
    requireAnnouncer(cluster, object);
    cluster.objects.set(key, object);
    made.add(kept === true ? "" : key);
  }
  for (const key of release.objects) if (!made.has(key)) cluster.objects.delete(key);
  release.objects = [...made].filter((key) => key !== "");
  if (chart === "odoo") awaitOdoo(cluster, namespace, rendered);
}

/** Begins an installation: the release is pending until Helm, which lives in the provider, has seen everything ready. */
export function installRelease(cluster: Cluster, request: ReleaseRequest): HelmRelease {
  const key = `${request.namespace}/${request.name}`;
  if (cluster.releases.has(key)) throw new Refusal("cannot re-use a name that is still in use");
  if (!request.createNamespace)
    try {
      requireNamespace(cluster, request.namespace);
    } catch {
      throw new Refusal(`create: failed to create: namespaces "${request.namespace}" not found`);
    }
  requireNodes(cluster, `release ${key}`);
  const { name, namespace, chart } = request;
  const release: HelmRelease = { name, namespace, chart, status: "pending-install", objects: [] };
  cluster.releases.set(key, release);
  applyChart(cluster, release, request.values ?? {});
  return release;
}

/** Begins an upgrade, which Helm refuses while another operation has no end. */
export function upgradeRelease(cluster: Cluster, name: string, namespace: string, values: Fields = {}): HelmRelease {
  const release = cluster.releases.get(`${namespace}/${name}`);
  if (release === undefined) throw new Refusal(`"${name}" has no deployed releases`);
  if (release.status.startsWith("pending-"))
    throw new Refusal("another operation (install/upgrade/rollback) is in progress");
  release.status = "pending-upgrade";
  try {
    applyChart(cluster, release, values);
  } catch (error) {
    release.status = "failed";
    throw error;
  }
  return release;
}

/** Forgets Helm's records of a release that have one of these statuses; what the release made stays. */
export function forgetRecords(cluster: Cluster, name: string, namespace: string, statuses: readonly string[]): void {
  const key = `${namespace}/${name}`;
  const release = cluster.releases.get(key);
  if (release === undefined || !statuses.includes(release.status)) return;
  // Before an upgrade stands the record of the revision that is deployed.
  if (release.status === "pending-upgrade" && !statuses.includes("deployed")) release.status = "deployed";
  else cluster.releases.delete(key);
}

export function uninstallRelease(cluster: Cluster, name: string, namespace: string): void {
  const release = cluster.releases.get(`${namespace}/${name}`);
  if (release === undefined) throw new Refusal(`uninstall: Release not loaded: ${name}: release: not found`);
  for (const key of release.objects) cluster.objects.delete(key);
  cluster.releases.delete(`${namespace}/${name}`);
}
