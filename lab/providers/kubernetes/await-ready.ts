import { setTimeout as delay } from "node:timers/promises";
import { isPlainMap, type PlainMap } from "../../../rehearsal/doubles/property-value.ts";
import type { Call } from "../live-provider.ts";
import { type ApiClient, isNotFound } from "./api-client.ts";
import { annotationOf, at, isAnnotated, listOf, mapOf, textAt } from "./json-path.ts";
import { type Readiness, readinessOf, type Surroundings } from "./readiness.ts";
import { customReadiness, parseWaitFor } from "./wait-for.ts";

/** The object did not become ready: as it is now, and why. */
export class NotReady extends Error {
  override readonly name = "NotReady";
  readonly object: PlainMap;
  readonly reasons: readonly string[];

  constructor(object: PlainMap, reasons: readonly string[]) {
    super(reasons.join("\n"));
    this.object = object;
    this.reasons = reasons;
  }
}

const defaultSeconds = 600;
const pollMilliseconds = 300;

/** How long an object may take: the resource's option, its annotation, or ten minutes. */
export function timeoutOf(call: Call, inputs: PlainMap): number {
  if (call.timeoutSeconds > 0) return call.timeoutSeconds;
  const annotated = Number(annotationOf(inputs, "pulumi.com/timeoutSeconds"));
  return annotated > 0 ? annotated : defaultSeconds;
}

async function slicesOf(client: ApiClient, object: PlainMap): Promise<readonly PlainMap[]> {
  const namespace = textAt(object, "metadata", "namespace") ?? "";
  const services =
    textAt(object, "kind") === "Ingress"
      ? listOf(at(object, "spec", "rules"))
          .flatMap((rule) => listOf(at(rule, "http", "paths")))
          .map((path) => textAt(path, "backend", "service", "name"))
      : [textAt(object, "metadata", "name")];
  const named = [...new Set(services)].filter((name) => name !== undefined);
  const lists = await Promise.all(
    named.map((name) =>
      client.list("discovery.k8s.io/v1", "EndpointSlice", namespace, `kubernetes.io/service-name=${name}`),
    ),
  );
  return lists.flat();
}

async function bindsOnFirstUse(client: ApiClient, object: PlainMap): Promise<boolean> {
  const name = textAt(object, "spec", "storageClassName");
  if (name === undefined || name === "") return false;
  const storageClass = await client
    .get({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name } })
    .catch(() => ({}));
  return textAt(storageClass, "volumeBindingMode") === "WaitForFirstConsumer";
}

/** Looks at what a kind's readiness follows from, and remembers since when endpoints are as they are. */
class Lookout {
  readonly #client: ApiClient;
  readonly #isUpdate: boolean;
  #seen = "";
  #since = performance.now();

  constructor(client: ApiClient, isUpdate: boolean) {
    this.#client = client;
    this.#isUpdate = isUpdate;
  }

  async look(object: PlainMap): Promise<Surroundings> {
    const kind = textAt(object, "kind");
    const endpointSlices = kind === "Service" || kind === "Ingress" ? await slicesOf(this.#client, object) : [];
    const seen = JSON.stringify(endpointSlices.map((slice) => slice.endpoints ?? null));
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#since = performance.now();
    }
    return {
      endpointSlices,
      endpointsUnchangedFor: performance.now() - this.#since,
      bindsOnFirstUse: kind === "PersistentVolumeClaim" && (await bindsOnFirstUse(this.#client, object)),
      isUpdate: this.#isUpdate,
    };
  }
}

/** Why the pods of a workload aren't ready: what the kubelet says of their containers, and unbound or unplaced pods. */
async function podTroubles(client: ApiClient, object: PlainMap): Promise<string[]> {
  const labels = mapOf(at(object, "spec", "selector", "matchLabels"));
  const selector = Object.entries(labels).map(([name, value]) => `${name}=${String(value)}`);
  if (selector.length === 0) return [];
  const namespace = textAt(object, "metadata", "namespace") ?? "";
  const pods = await client.list("v1", "Pod", namespace, selector.join(",")).catch(() => []);
  return pods.flatMap((pod) => {
    const name = textAt(pod, "metadata", "name");
    const containers = listOf(at(pod, "status", "containerStatuses"));
    const waitingContainers = containers
      .map((container) => mapOf(at(container, "state", "waiting")))
      .filter((state) => state.reason !== undefined && state.reason !== "ContainerCreating");
    const unplaced = listOf(at(pod, "status", "conditions")).filter(
      (condition) => textAt(condition, "type") === "PodScheduled" && textAt(condition, "status") === "False",
    );
    return [...waitingContainers, ...unplaced.map(mapOf)].map(
      (trouble) => `[Pod ${namespace}/${name}]: ${textAt(trouble, "reason")}: ${textAt(trouble, "message") ?? ""}`,
    );
  });
}

export interface Awaited {
  readonly inputs: PlainMap;
  readonly object: PlainMap;
  readonly isUpdate: boolean;
}

/** Waits until an object is what it should be, by its kind's rule or its own annotation, and returns it as it is then. */
export async function awaitReady(
  call: Call,
  client: ApiClient,
  { inputs, object, isUpdate }: Awaited,
): Promise<PlainMap> {
  if (isAnnotated(inputs, "pulumi.com/skipAwait")) return object;
  const waitFor = annotationOf(inputs, "pulumi.com/waitFor");
  const expressions = waitFor === undefined ? undefined : parseWaitFor(waitFor);
  const lookout = new Lookout(client, isUpdate);
  const seconds = timeoutOf(call, inputs);
  const deadline = performance.now() + seconds * 1_000;
  let live = object;
  let shown = "";
  for (;;) {
    const readiness: Readiness =
      expressions === undefined ? readinessOf(live, await lookout.look(live)) : customReadiness(live, expressions);
    if (readiness.state === "ready") return live;
    if (readiness.state === "failed")
      throw new NotReady(live, [readiness.reason, ...(await podTroubles(client, live))]);
    if (performance.now() > deadline || call.signal.aborted) {
      const ending = call.signal.aborted ? "cancelled" : `timed out after ${seconds} s`;
      throw new NotReady(live, [
        `${ending}, waiting for ${readiness.waitingFor}`,
        ...(await podTroubles(client, live)),
      ]);
    }
    if (readiness.waitingFor !== shown) call.status(`waiting for ${readiness.waitingFor}`);
    shown = readiness.waitingFor;
    await delay(pollMilliseconds);
    const next = await client.get(live).catch((error: unknown) => {
      if (isNotFound(error)) throw new NotReady(live, ["it was deleted while it was waited for"]);
      return undefined; // The API server may be away for a moment; the deadline bounds it.
    });
    if (isPlainMap(next)) live = next;
  }
}

/** Waits until an object, this very one, is gone. */
export async function awaitGone(call: Call, client: ApiClient, inputs: PlainMap, object: PlainMap): Promise<void> {
  const uid = textAt(object, "metadata", "uid");
  const seconds = timeoutOf(call, inputs);
  const deadline = performance.now() + seconds * 1_000;
  let shown = "";
  for (;;) {
    const live = await client.get(object).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (live === undefined || textAt(live, "metadata", "uid") !== uid) return;
    const finalizers = listOf(at(live, "metadata", "finalizers"))
      .map(String)
      .join(", ");
    const blocker = finalizers === "" ? "its deletion" : `its finalizers: ${finalizers}`;
    if (performance.now() > deadline || call.signal.aborted) {
      throw new NotReady(live, [`timed out after ${seconds} s, waiting for ${blocker}`]);
    }
    if (blocker !== shown) call.status(`waiting for ${blocker}`);
    shown = blocker;
    await delay(pollMilliseconds);
  }
}
