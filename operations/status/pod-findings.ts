import type { Finding } from "./facts.ts";
import type { JobObject, PodObject, WorkloadObject } from "./objects.ts";
import { spanText } from "./time.ts";

/** A container that starts waits for these in any case. */
const starting = ["", "ContainerCreating", "PodInitializing"];

/** A pod may take so long to start, to be ready and to end. */
const patienceMilliseconds = 60_000;

const nameOf = ({ metadata }: Pick<PodObject, "metadata">) => `${metadata.namespace}/${metadata.name}`;

const since = (time: string | null | undefined, now: Date) => now.getTime() - Date.parse(time ?? "");

function containerProblem({ status }: PodObject): string | undefined {
  for (const { name, restartCount, state } of [...status.initContainerStatuses, ...status.containerStatuses]) {
    const { waiting, terminated } = state;
    const restarts = restartCount === 0 ? "" : `, started ${restartCount + 1} times`;
    if (waiting !== undefined && !starting.includes(waiting.reason)) {
      const message = waiting.message === "" ? "" : `: ${waiting.message}`;
      return `${name} is in ${waiting.reason}${restarts}${message}`;
    }
    if (terminated !== undefined && terminated.exitCode !== 0)
      return `${name} ended with ${terminated.exitCode} (${terminated.reason})${restarts}`;
  }
  return undefined;
}

/** What is wrong with a pod, in one line; `undefined`: nothing that it says. */
function podProblem(pod: PodObject, now: Date): string | undefined {
  const { metadata, status } = pod;
  if (status.phase === "Succeeded") return undefined;
  if (metadata.deletionTimestamp !== undefined) {
    const late = since(metadata.deletionTimestamp, now);
    return late > patienceMilliseconds ? `it should have ended ${spanText(late)} ago` : undefined;
  }
  if (status.phase === "Failed") {
    // A Job tries again, and tells by itself if it gives up.
    if (metadata.ownerReferences.some(({ kind }) => kind === "Job")) return undefined;
    return `it failed: ${[status.reason, status.message].filter((text) => text !== "").join(", ") || "no reason is given"}`;
  }
  const ofContainer = containerProblem(pod);
  if (ofContainer !== undefined) return ofContainer;
  const scheduled = status.conditions.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") return `it runs nowhere: ${scheduled.message || scheduled.reason}`;
  if (status.phase === "Pending") {
    const age = since(metadata.creationTimestamp, now);
    return age > patienceMilliseconds ? `it is Pending for ${spanText(age)}` : undefined;
  }
  const ready = status.conditions.find(({ type }) => type === "Ready");
  const unready = since(ready?.lastTransitionTime, now);
  return ready?.status === "False" && unready > patienceMilliseconds
    ? `it isn't ready for ${spanText(unready)}: ${ready.message || ready.reason}`
    : undefined;
}

/** Pods (pure) of our namespaces that crash, wait or don't end. Those of nodes that aren't Ready are these nodes' matter. */
export function podFindings(
  pods: readonly PodObject[],
  known: { readonly namespaces: ReadonlySet<string>; readonly lostNodes: ReadonlySet<string>; readonly now: Date },
): readonly Finding[] {
  return pods
    .filter(
      ({ metadata, spec }) => known.namespaces.has(metadata.namespace) && !known.lostNodes.has(spec.nodeName ?? ""),
    )
    .flatMap((pod) => {
      const problem = podProblem(pod, known.now);
      const { namespace, name } = pod.metadata;
      const isStarted = pod.status.containerStatuses.some(({ restartCount }) => restartCount > 0);
      const fix = isStarted
        ? `kubectl -n ${namespace} logs ${name} --previous`
        : `kubectl -n ${namespace} describe pod ${name}`;
      return problem === undefined ? [] : [{ about: `pod ${nameOf(pod)}`, problem, fix }];
    });
}

/** Deployments and their like (pure) that lack pods which nothing else tells of. */
export function workloadFindings(
  workloads: readonly WorkloadObject[],
  namespaces: ReadonlySet<string>,
): readonly Finding[] {
  return workloads
    .filter(({ metadata }) => namespaces.has(metadata.namespace))
    .flatMap(({ metadata, spec, status }) => {
      const wanted = status.desiredNumberScheduled ?? spec.replicas ?? 1;
      const ready = status.desiredNumberScheduled === undefined ? status.readyReplicas : status.numberReady;
      if (ready >= wanted) return [];
      const about = `${metadata.namespace}/${metadata.name}`;
      return [{ about, problem: `${ready} of ${wanted} pods are ready` }];
    });
}

/** Jobs (pure) that gave up. */
export function jobFindings(jobs: readonly JobObject[], namespaces: ReadonlySet<string>): readonly Finding[] {
  return jobs
    .filter(({ metadata }) => namespaces.has(metadata.namespace))
    .flatMap(({ metadata, status }) => {
      const failed = status.conditions.find(({ type, status: is }) => type === "Failed" && is === "True");
      if (failed === undefined) return [];
      const fix = `kubectl -n ${metadata.namespace} logs job/${metadata.name}`;
      return [{ about: `job ${metadata.namespace}/${metadata.name}`, problem: `it gave up: ${failed.message}`, fix }];
    });
}
