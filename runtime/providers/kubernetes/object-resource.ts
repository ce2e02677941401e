import { setTimeout as delay } from "node:timers/promises";
import { type ApiClient, ApiError, applyPatch, isNotFound, UnknownKind } from "../../kubernetes-api/api-client.ts";
import { annotationOf, isAnnotated, textAt } from "../../kubernetes-api/json-path.ts";
import { InitializationFailure } from "../../provider-protocol/initialization-failure.ts";
import { hasUnknown, type Plain, type PlainMap, type PropertyMap } from "../../provider-protocol/property-value.ts";
import type { Created } from "../../provider-protocol/resource.ts";
import type { Call, ExistingResource, ReadResult } from "../live-provider.ts";
import { awaitGone, awaitReady, NotReady } from "./await-ready.ts";
import type { Cluster } from "./cluster.ts";
import { fieldManagerOf, takenOver } from "./field-managers.ts";
import { isPatch } from "./object-plan.ts";
import { checkpoint, manifestOf, normalize, parseCheckpoint, prune, withSecrets } from "./object-state.ts";

const createAttempts = 6;

const idOf = (object: PlainMap): string =>
  [textAt(object, "metadata", "namespace"), textAt(object, "metadata", "name")].filter((part) => part).join("/");
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Failures of a dry run that say nothing about the real one: a namespace or definition that comes before it. */
function isPreviewOnly(error: unknown): boolean {
  return error instanceof UnknownKind || (error instanceof ApiError && [403, 404, 409].includes(error.status));
}

function conflictHint(error: unknown, fieldManager: string): unknown {
  if (!(error instanceof ApiError) || error.status !== 409) return error;
  return new Error(
    `server-side apply field conflict detected: the resource managed by field manager "${fieldManager}" had an apply conflict: ${error.message}`,
    { cause: error },
  );
}

/** Creates an object; what it needs may come a moment later, so a missing namespace or kind is tried again. */
async function createPatiently(call: Call, send: () => Promise<PlainMap>): Promise<PlainMap> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      const isEarly = error instanceof UnknownKind || isNotFound(error);
      if (!isEarly || attempt === createAttempts || call.preview) throw error;
      call.status(`Retry #${attempt}; creation failed: ${messageOf(error)}`);
      await delay(500 * 2 ** attempt, undefined, { signal: call.signal });
    }
  }
}

interface Application {
  readonly manifest: PlainMap;
  readonly fieldManager: string;
  readonly force: boolean;
  readonly preview: boolean;
}

async function apply(client: ApiClient, { manifest, fieldManager, force, preview }: Application): Promise<PlainMap> {
  const query = { fieldManager, force: String(force), ...(preview ? { dryRun: "All" } : {}) };
  try {
    return await client.patch(manifest, applyPatch(manifest), query);
  } catch (error) {
    throw conflictHint(error, fieldManager);
  }
}

/** A manager's fields are nobody's any more, and go where they are no other's, too. */
async function relinquish(client: ApiClient, object: PlainMap, fieldManager: string): Promise<void> {
  const { apiVersion = "", kind = "" } = object;
  const metadata = {
    name: textAt(object, "metadata", "name") ?? "",
    namespace: textAt(object, "metadata", "namespace") ?? "",
  };
  await apply(client, { manifest: { apiVersion, kind, metadata }, fieldManager, force: false, preview: false });
}

async function takeOver(client: ApiClient, object: PlainMap, fieldManager: string): Promise<void> {
  const managedFields = takenOver(object, fieldManager);
  if (managedFields === undefined) return;
  const patch: Plain[] = [
    { op: "test", path: "/metadata/resourceVersion", value: textAt(object, "metadata", "resourceVersion") ?? "" },
    { op: "replace", path: "/metadata/managedFields", value: managedFields },
  ];
  await client.patch(object, { contentType: "application/json-patch+json", body: JSON.stringify(patch) }, {});
}

async function send(call: Call, cluster: Cluster, manifest: PlainMap, fieldManager: string): Promise<PlainMap> {
  const { client } = cluster;
  if (isPatch(call.subject.type) || cluster.upsertsExisting) {
    const force = cluster.forcesConflicts || call.preview || isAnnotated(manifest, "pulumi.com/patchForce");
    return await apply(client, { manifest, fieldManager, force, preview: call.preview });
  }
  return await client.create(manifest, {
    fieldManager: "pulumi-kubernetes",
    ...(call.preview ? { dryRun: "All" } : {}),
  });
}

export async function createObject(call: Call, cluster: Cluster, inputs: PropertyMap): Promise<Created> {
  const unreachable = await cluster.unreachable();
  if (call.preview && (unreachable !== undefined || hasUnknown(inputs) || isPatch(call.subject.type))) {
    return { id: "", outputs: inputs };
  }
  if (unreachable !== undefined) throw new Error(`configured Kubernetes cluster is unreachable: ${unreachable}`);
  const manifest = manifestOf(inputs);
  const fieldManager = fieldManagerOf(manifest, "");
  const initialApiVersion = textAt(manifest, "apiVersion") ?? "";
  const stateOf = (live: PlainMap) => checkpoint({ inputs, live, initialApiVersion, fieldManager });
  try {
    const created = await createPatiently(call, () => send(call, cluster, manifest, fieldManager));
    if (call.preview) {
      const { status: _, ...planned } = created;
      return { id: "", outputs: stateOf(planned) };
    }
    const live = await awaitReady(call, cluster.client, { inputs: manifest, object: created, isUpdate: false });
    return { id: idOf(live), outputs: stateOf(live) };
  } catch (error) {
    if (call.preview && isPreviewOnly(error)) return { id: "", outputs: inputs };
    if (error instanceof NotReady) {
      const message = `resource "${call.subject.urn}" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: ${error.message}`;
      throw new InitializationFailure(message, idOf(error.object), stateOf(error.object), error.reasons);
    }
    const prefix = `resource "${call.subject.urn}" was not successfully created by the Kubernetes API server`;
    throw new Error(`${prefix}: ${messageOf(error)}`, { cause: error });
  }
}

/** A definition of a kind is replaced as a whole, as the official provider does: its parts belong together. */
async function change(call: Call, cluster: Cluster, manifest: PlainMap, fieldManager: string): Promise<PlainMap> {
  const { client } = cluster;
  const live = await client.get(manifest);
  if (textAt(manifest, "kind") === "CustomResourceDefinition") {
    const resourceVersion = textAt(live, "metadata", "resourceVersion") ?? "";
    const metadata: Plain = { ...Object.fromEntries(Object.entries(manifest.metadata ?? {})), resourceVersion };
    return await client.replace(
      { ...manifest, metadata },
      { fieldManager, ...(call.preview ? { dryRun: "All" } : {}) },
    );
  }
  if (!call.preview && !isPatch(call.subject.type)) await takeOver(client, live, fieldManager);
  const force = call.preview || cluster.forcesConflicts || isAnnotated(manifest, "pulumi.com/patchForce");
  return await apply(client, { manifest, fieldManager, force, preview: call.preview });
}

export async function updateObject(
  call: Call,
  cluster: Cluster,
  existing: ExistingResource,
  inputs: PropertyMap,
): Promise<PropertyMap> {
  const normal = normalize(inputs);
  const unreachable = await cluster.unreachable();
  if (call.preview && (unreachable !== undefined || hasUnknown(normal))) return inputs;
  if (unreachable !== undefined) throw new Error(`configured Kubernetes cluster is unreachable: ${unreachable}`);
  const before = parseCheckpoint(existing.state);
  const manifest = manifestOf(normal);
  const fieldManager = fieldManagerOf(manifest, before.fieldManager);
  const stateOf = (live: PlainMap) =>
    checkpoint({ inputs: normal, live, initialApiVersion: before.initialApiVersion, fieldManager });
  try {
    const changed = await change(call, cluster, manifest, fieldManager);
    if (call.preview) return stateOf(changed);
    if (before.fieldManager !== fieldManager) await relinquish(cluster.client, changed, before.fieldManager);
    return stateOf(await awaitReady(call, cluster.client, { inputs: manifest, object: changed, isUpdate: true }));
  } catch (error) {
    if (call.preview && isPreviewOnly(error)) return inputs;
    const live = error instanceof NotReady ? error.object : await cluster.client.get(manifest).catch(() => undefined);
    const message = `the Kubernetes API server reported that "${existing.id}" failed to fully initialize or become live: ${messageOf(error)}`;
    // What was asked for did not come to be: the state keeps what there was, so that the next run tries again.
    if (!(error instanceof NotReady) || live === undefined)
      throw new Error(`update of resource "${call.subject.urn}" failed: ${messageOf(error)}`, { cause: error });
    throw new InitializationFailure(message, existing.id, stateOf(live), error.reasons);
  }
}

function propagationOf(inputs: PlainMap): string {
  const wanted = annotationOf(inputs, "pulumi.com/deletionPropagationPolicy")?.toLowerCase();
  if (wanted === "orphan") return "Orphan";
  return wanted === "background" ? "Background" : "Foreground";
}

export async function deleteObject(call: Call, cluster: Cluster, existing: ExistingResource): Promise<void> {
  const { inputs, live, fieldManager } = parseCheckpoint(existing.state);
  const unreachable = await cluster.unreachable();
  if (unreachable !== undefined) {
    call.warn(`configured Kubernetes cluster is unreachable: ${unreachable}`);
    if (cluster.deletesUnreachable) return;
    throw new Error(
      "configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this resource from Pulumi " +
        'state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
    );
  }
  const wanted = manifestOf(inputs);
  try {
    if (isPatch(call.subject.type)) return await relinquish(cluster.client, live, fieldManager);
    await cluster.client.delete(live, propagationOf(wanted));
    if (isAnnotated(wanted, "pulumi.com/skipAwait")) return;
    await awaitGone(call, cluster.client, wanted, live);
  } catch (error) {
    if (isNotFound(error) || error instanceof UnknownKind) return;
    if (!(error instanceof NotReady)) throw error;
    const initialApiVersion = textAt(live, "apiVersion") ?? "";
    const outputs = checkpoint({ inputs, live: error.object, initialApiVersion, fieldManager });
    throw new InitializationFailure(error.message, existing.id, outputs, error.reasons);
  }
}

/** The kind that a resource's type stands for: `kubernetes:core/v1:Service` is `v1`, `Service`. */
function kindOfType(type: string): { readonly apiVersion: string; readonly kind: string } {
  const [, module = "", kind = ""] = type.split(":");
  return { apiVersion: module.replace(/^core\//, ""), kind: kind.replace(/Patch$/, "") };
}

export async function readObject(
  call: Call,
  cluster: Cluster,
  existing: ExistingResource,
): Promise<ReadResult | undefined> {
  const unreachable = await cluster.unreachable();
  if (unreachable !== undefined) throw new Error(`configured Kubernetes cluster is unreachable: ${unreachable}`);
  const before = parseCheckpoint(existing.state);
  const [name = "", namespace = ""] = existing.id.split("/").toReversed();
  const sought: PlainMap = { ...kindOfType(call.subject.type), metadata: { name, namespace } };
  try {
    const live = await cluster.client.get(sought);
    const inputs = withSecrets(prune(live, before.inputs), before.inputs);
    const fieldManager = fieldManagerOf(live, before.fieldManager);
    const initialApiVersion = before.initialApiVersion || (textAt(live, "apiVersion") ?? "");
    return {
      id: idOf(live),
      inputs,
      outputs: checkpoint({ inputs: before.inputs, live, initialApiVersion, fieldManager }),
    };
  } catch (error) {
    if (isNotFound(error) || error instanceof UnknownKind) return undefined;
    throw error;
  }
}
