import { setTimeout as delay } from "node:timers/promises";
import { type ApiClient, isNotFound } from "../../kubernetes-api/api-client.ts";
import { annotationOf, at, isAnnotated, listOf, textAt } from "../../kubernetes-api/json-path.ts";
import { objectWait, observed } from "../../kubernetes-api/wait-observer.ts";
import { isPlainMap, type PlainMap } from "../../provider-protocol/property-value.ts";
import type { Call } from "../live-provider.ts";
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

export interface Awaited {
  readonly inputs: PlainMap;
  readonly object: PlainMap;
  readonly isUpdate: boolean;
}

/** How far an object is: by its own annotation, where it has one, or by its kind's rule. */
function readinessReader(client: ApiClient, { inputs, isUpdate }: Awaited): (live: PlainMap) => Promise<Readiness> {
  const waitFor = annotationOf(inputs, "pulumi.com/waitFor");
  if (waitFor !== undefined) {
    const expressions = parseWaitFor(waitFor);
    return async (live) => customReadiness(live, expressions);
  }
  const lookout = new Lookout(client, isUpdate);
  return async (live) => readinessOf(live, await lookout.look(live));
}

/** An object that is waited for, as it is at the moment. */
interface Watched {
  live: PlainMap;
  waitingFor: string;
}

async function untilReady(call: Call, client: ApiClient, awaited: Awaited, watched: Watched): Promise<PlainMap> {
  const readiness = readinessReader(client, awaited);
  const seconds = timeoutOf(call, awaited.inputs);
  const deadline = performance.now() + seconds * 1_000;
  const notReady = async (reason: string) => {
    const trouble = await objectWait(client, watched.live).catch(() => undefined);
    return new NotReady(watched.live, trouble === undefined ? [reason] : [reason, trouble]);
  };
  for (;;) {
    const seen = await readiness(watched.live);
    if (seen.state === "ready") return watched.live;
    if (seen.state === "failed") throw await notReady(seen.reason);
    if (performance.now() > deadline || call.signal.aborted) {
      const ending = call.signal.aborted ? "cancelled" : `timed out after ${seconds} s`;
      throw await notReady(`${ending}, waiting for ${seen.waitingFor}`);
    }
    if (seen.waitingFor !== watched.waitingFor) call.status(`waiting for ${seen.waitingFor}`);
    watched.waitingFor = seen.waitingFor;
    await delay(pollMilliseconds);
    const next = await client.get(watched.live).catch((error: unknown) => {
      if (isNotFound(error)) throw new NotReady(watched.live, ["it was deleted while it was waited for"]);
      return undefined; // The API server may be away for a moment; the deadline bounds it.
    });
    if (isPlainMap(next)) watched.live = next;
  }
}

/** Waits until an object is what it should be, by its kind's rule or its own annotation, and returns it as it is then. */
export async function awaitReady(call: Call, client: ApiClient, awaited: Awaited): Promise<PlainMap> {
  if (isAnnotated(awaited.inputs, "pulumi.com/skipAwait")) return awaited.object;
  const watched: Watched = { live: awaited.object, waitingFor: "" };
  const look = async () => {
    const trouble = await objectWait(client, watched.live);
    return trouble === undefined ? undefined : `waiting for ${watched.waitingFor}; ${trouble}`;
  };
  return await observed(untilReady(call, client, awaited, watched), look, call.status);
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
