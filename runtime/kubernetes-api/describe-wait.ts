import type { PlainMap } from "../provider-protocol/property-value.ts";
import { at, conditionOf, isTrue, listOf, mapOf, numberAt, textAt } from "./json-path.ts";

/** What a cluster tells of the things that are waited for. */
export interface Waited {
  readonly pods: readonly PlainMap[];
  readonly claims?: readonly PlainMap[];
  readonly services?: readonly PlainMap[];
}

/** What more is known of one of them: its newest event, and the last line that a pod's container wrote. */
export interface Traces {
  readonly event?: string;
  readonly lastLine?: string;
}

const maximumText = 240;
/** A container that starts waits for these in any case. */
const starting = ["", "ContainerCreating", "PodInitializing"];

const nameOf = (object: PlainMap): string => textAt(object, "metadata", "name") ?? "?";

/** A text on one line, not longer than a person reads. */
function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > maximumText ? `${line.slice(0, maximumText)}…` : line;
}

const withMessage = (reason: string, message: string | undefined): string =>
  message === undefined || message === "" ? reason : `${reason} (${shortened(message)})`;

/** The container that a pod waits for: the first that isn't done with what it is to do. */
export interface WaitedContainer {
  readonly name: string;
  /** It ended and is started again: what it said stands in the log of its last run. */
  readonly hasEnded: boolean;
  readonly hasStarted: boolean;
}

function isDone(container: PlainMap, isInitial: boolean): boolean {
  if (isInitial) return numberAt(container, "state", "terminated", "exitCode") === 0 || container.ready === true;
  return container.ready === true;
}

function statusesOf(pod: PlainMap): readonly { readonly status: PlainMap; readonly isInitial: boolean }[] {
  const of = (name: string, isInitial: boolean) =>
    listOf(at(pod, "status", name)).map((status) => ({ status: mapOf(status), isInitial }));
  return [...of("initContainerStatuses", true), ...of("containerStatuses", false)];
}

function waitedStatus(pod: PlainMap): PlainMap | undefined {
  return statusesOf(pod).find(({ status, isInitial }) => !isDone(status, isInitial))?.status;
}

/** The container of a pod (pure) whose log says most; `undefined` where none began. */
export function waitedContainer(pod: PlainMap): WaitedContainer | undefined {
  const status = waitedStatus(pod) ?? statusesOf(pod).at(-1)?.status;
  if (status === undefined) return undefined;
  const restarts = numberAt(status, "restartCount") ?? 0;
  const isWaiting = at(status, "state", "waiting") !== undefined;
  const hasStarted = !isWaiting || restarts > 0;
  return { name: textAt(status, "name") ?? "", hasEnded: isWaiting && restarts > 0, hasStarted };
}

/** How urgent a pod's state is to somebody who waits: 0 has nothing to tell. */
function urgency(pod: PlainMap): number {
  const phase = textAt(pod, "status", "phase");
  if (isEnding(pod)) return 2;
  if (phase === "Succeeded" || isTrue(pod, "Ready")) return isJobPod(pod) && phase !== "Succeeded" ? 1 : 0;
  if (phase === "Failed") return isJobPod(pod) ? 2 : 5;
  const reason = textAt(waitedStatus(pod), "state", "waiting", "reason") ?? "";
  if (!starting.includes(reason)) return 6;
  if (textAt(conditionOf(pod, "PodScheduled"), "status") === "False") return 4;
  return 3;
}

const isEnding = (pod: PlainMap): boolean => textAt(pod, "metadata", "deletionTimestamp") !== undefined;

function isJobPod(pod: PlainMap): boolean {
  return listOf(at(pod, "metadata", "ownerReferences")).some((owner) => textAt(owner, "kind") === "Job");
}

/** A pod's state in words, without its name. */
function stateOf(pod: PlainMap): string {
  const phase = textAt(pod, "status", "phase") ?? "Pending";
  if (isEnding(pod)) return "Terminating";
  const scheduled = conditionOf(pod, "PodScheduled");
  if (textAt(scheduled, "status") === "False")
    return withMessage(textAt(scheduled, "reason") ?? "Unschedulable", textAt(scheduled, "message"));
  const status = waitedStatus(pod);
  if (status === undefined) return phase;
  const restarts = numberAt(status, "restartCount") ?? 0;
  const again = restarts === 0 ? "" : `, started ${restarts + 1} times`;
  const waiting = at(status, "state", "waiting");
  if (waiting !== undefined)
    return `${withMessage(textAt(waiting, "reason") ?? "waiting", textAt(waiting, "message"))}${again}`;
  const exitCode = numberAt(status, "state", "terminated", "exitCode");
  if (exitCode !== undefined) return `${textAt(status, "name")} ended with ${exitCode}${again}`;
  return `${textAt(status, "name")} runs, not ready${again}`;
}

/** Of several pods (pure) those that something is to be said of, the worst first. */
export function waitedPods(pods: readonly PlainMap[]): readonly PlainMap[] {
  return pods
    .filter((pod) => urgency(pod) > 0)
    .toSorted((one, other) => urgency(other) - urgency(one) || nameOf(one).localeCompare(nameOf(other)));
}

const pendingClaims = (claims: readonly PlainMap[]) =>
  claims.filter((claim) => textAt(claim, "status", "phase") !== "Bound");

const withoutAddress = (services: readonly PlainMap[]) =>
  services.filter(
    (service) =>
      textAt(service, "spec", "type") === "LoadBalancer" &&
      listOf(at(service, "status", "loadBalancer", "ingress")).length === 0,
  );

/** What is waited for first (pure), whose traces are worth asking for; `undefined` where all seems ready. */
export function firstWaited({ pods, claims = [], services = [] }: Waited): PlainMap | undefined {
  return waitedPods(pods)[0] ?? pendingClaims(claims)[0] ?? withoutAddress(services)[0];
}

const quoted = (what: string, text: string | undefined): string =>
  text === undefined || text.trim() === "" ? "" : `, ${what} "${shortened(text)}"`;

/** The newest of events (pure) that tells most: a warning, if there is one. */
export function tellingEvent(events: readonly PlainMap[]): string | undefined {
  const timeOf = (event: PlainMap) =>
    [textAt(event, "lastTimestamp"), textAt(event, "series", "lastObservedTime"), textAt(event, "eventTime")].find(
      (time) => time !== undefined,
    ) ?? "";
  const newest = events.toSorted((one, other) => timeOf(other).localeCompare(timeOf(one)));
  const event = newest.find((each) => textAt(each, "type") === "Warning") ?? newest[0];
  return event === undefined ? undefined : `${textAt(event, "reason") ?? ""}: ${textAt(event, "message") ?? ""}`;
}

/** One line (pure) on what is waited for: the worst pod's state, its last log line, its event; `undefined` where all seems ready. */
export function describeWait(waited: Waited, traces: Traces = {}): string | undefined {
  const { claims = [], services = [] } = waited;
  const pods = waitedPods(waited.pods);
  const tail = `${quoted("last line", traces.lastLine)}${quoted("event", traces.event)}`;
  const [pod] = pods;
  if (pod !== undefined) {
    const more = pods.length === 1 ? "" : `; and ${pods.length - 1} more pods`;
    return `pod ${nameOf(pod)}: ${stateOf(pod)}${tail}${more}`;
  }
  const [claim] = pendingClaims(claims);
  if (claim !== undefined) return `volume claim ${nameOf(claim)}: ${textAt(claim, "status", "phase") ?? "new"}${tail}`;
  const [service] = withoutAddress(services);
  return service === undefined ? undefined : `Service ${nameOf(service)}: no address from the load balancer${tail}`;
}
