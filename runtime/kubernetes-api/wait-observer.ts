import { setTimeout as delay } from "node:timers/promises";
import { quietMilliseconds } from "../engine/run-progress.ts";
import type { PlainMap } from "../provider-protocol/property-value.ts";
import type { ApiClient } from "./api-client.ts";
import { describeWait, firstWaited, type Traces, tellingEvent, type Waited, waitedContainer } from "./describe-wait.ts";
import { at, listOf, mapOf, textAt } from "./json-path.ts";

const observeMilliseconds = 10_000;

async function eventsOf(client: ApiClient, object: PlainMap): Promise<readonly PlainMap[]> {
  const namespace = textAt(object, "metadata", "namespace") ?? "default";
  const fieldSelector = `involvedObject.uid=${textAt(object, "metadata", "uid") ?? ""}`;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  return listOf((await client.request({ method: "GET", path, query: { fieldSelector } })).items).map(mapOf);
}

async function lastLineOf(client: ApiClient, pod: PlainMap): Promise<string | undefined> {
  const container = waitedContainer(pod);
  if (container?.hasStarted !== true) return undefined;
  const [namespace = "", name = ""] = [textAt(pod, "metadata", "namespace"), textAt(pod, "metadata", "name")];
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log`;
  const text = await client.text(path, {
    container: container.name,
    tailLines: "3",
    limitBytes: "4000",
    ...(container.hasEnded ? { previous: "true" } : {}),
  });
  return text.trimEnd().split("\n").at(-1);
}

async function tracesOf(client: ApiClient, object: PlainMap): Promise<Traces> {
  const isPod = at(object, "spec", "containers") !== undefined;
  const [event, lastLine] = await Promise.all([
    eventsOf(client, object).then(tellingEvent, () => undefined),
    isPod ? lastLineOf(client, object).catch(() => undefined) : undefined,
  ]);
  return { event, lastLine };
}

async function describe(client: ApiClient, waited: Waited): Promise<string | undefined> {
  const first = firstWaited(waited);
  return describeWait(waited, first === undefined ? {} : await tracesOf(client, first));
}

const none = (): readonly PlainMap[] => [];

/** What a release waits for: of its namespace, or of its own pods where these carry its name. */
export async function releaseWait(
  client: ApiClient,
  release: { readonly name: string; readonly namespace: string },
): Promise<string | undefined> {
  const { name, namespace } = release;
  const [pods, claims, services] = await Promise.all(
    ["Pod", "PersistentVolumeClaim", "Service"].map((kind) => client.list("v1", kind, namespace, "").catch(none)),
  );
  const isOwn = (object: PlainMap) => textAt(object, "metadata", "labels", "app.kubernetes.io/instance") === name;
  const own = (objects: readonly PlainMap[] = []) => (objects.some(isOwn) ? objects.filter(isOwn) : objects);
  return await describe(client, { pods: own(pods), claims: own(claims), services: own(services) });
}

/** What an object waits for: the pods that it selects, or itself. */
export async function objectWait(client: ApiClient, object: PlainMap): Promise<string | undefined> {
  const isService = textAt(object, "kind") === "Service";
  const labels = mapOf(isService ? at(object, "spec", "selector") : at(object, "spec", "selector", "matchLabels"));
  const selector = Object.entries(labels).map(([name, value]) => `${name}=${String(value)}`);
  if (selector.length > 0) {
    const namespace = textAt(object, "metadata", "namespace") ?? "";
    const pods = await client.list("v1", "Pod", namespace, selector.join(",")).catch(none);
    const ofPods = await describe(client, { pods });
    if (ofPods !== undefined) return ofPods;
  }
  if (textAt(object, "kind") === "Pod") return await describe(client, { pods: [object] });
  const { event } = await tracesOf(client, object);
  return event === undefined ? undefined : `event "${event}"`;
}

/**
 * Says what is waited for while some work goes on, once that takes long, and again whenever it is another thing.
 *
 * @param look asks what is waited for; its failures are nobody's matter
 */
export async function observed<Result>(
  work: Promise<Result>,
  look: () => Promise<string | undefined>,
  say: (line: string) => void,
  { quiet = quietMilliseconds, interval = observeMilliseconds } = {},
): Promise<Result> {
  const ended = new AbortController();
  const observe = async (): Promise<void> => {
    let shown = "";
    await delay(quiet, undefined, { signal: ended.signal });
    for (;;) {
      const line = await look().catch(() => undefined);
      if (line !== undefined && line !== shown && !ended.signal.aborted) say(line);
      shown = line ?? shown;
      await delay(interval, undefined, { signal: ended.signal });
    }
  };
  void observe().catch(() => undefined);
  try {
    return await work;
  } finally {
    ended.abort();
  }
}
