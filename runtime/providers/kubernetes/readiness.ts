import { isObserved } from "../../kubernetes-api/api-client.ts";
import { at, conditionOf, isTrue, listOf, mapOf, numberAt, textAt } from "../../kubernetes-api/json-path.ts";
import type { PlainMap } from "../../provider-protocol/property-value.ts";

/** How far an object is on its way to what it should be. `waitingFor` is what the run shows meanwhile. */
export type Readiness =
  | { readonly state: "ready" }
  | { readonly state: "waiting"; readonly waitingFor: string }
  | { readonly state: "failed"; readonly reason: string };

/** What a kind's readiness follows from, besides the object itself. */
export interface Surroundings {
  /** The EndpointSlices of a Service or of the Services behind an Ingress. */
  readonly endpointSlices: readonly PlainMap[];
  /** Milliseconds since a Service's endpoints last changed. */
  readonly endpointsUnchangedFor: number;
  /** A PersistentVolumeClaim's class binds only when a pod uses it. */
  readonly bindsOnFirstUse: boolean;
  /** The object existed before this run. */
  readonly isUpdate: boolean;
}

const ready: Readiness = { state: "ready" };
const waiting = (waitingFor: string): Readiness => ({ state: "waiting", waitingFor });
const failed = (reason: string): Readiness => ({ state: "failed", reason });

/** A Service without endpoints counts as settled after this long, as with the official provider. */
const settledMilliseconds = 10_000;

function deployment(object: PlainMap): Readiness {
  if (!isObserved(object)) return waiting("the Deployment's controller");
  const wanted = numberAt(object, "spec", "replicas") ?? 1;
  const available = numberAt(object, "status", "availableReplicas") ?? 0;
  const updated = numberAt(object, "status", "updatedReplicas") ?? 0;
  const isRolledOut = textAt(conditionOf(object, "Progressing"), "reason") === "NewReplicaSetAvailable";
  if (isRolledOut && isTrue(object, "Available") && updated >= wanted && available >= wanted) return ready;
  return waiting(`${Math.min(updated, available)} of ${wanted} replicas of the new ReplicaSet available`);
}

function statefulSet(object: PlainMap): Readiness {
  if (!isObserved(object)) return waiting("the StatefulSet's controller");
  if (textAt(object, "spec", "updateStrategy", "type") === "OnDelete") return ready;
  const wanted = numberAt(object, "spec", "replicas") ?? 1;
  const partition = numberAt(object, "spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
  const readyReplicas = numberAt(object, "status", "readyReplicas") ?? 0;
  const updated = numberAt(object, "status", "updatedReplicas") ?? 0;
  const isLatest =
    partition > 0 || textAt(object, "status", "currentRevision") === textAt(object, "status", "updateRevision");
  if (isLatest && readyReplicas >= wanted && updated >= wanted - partition) return ready;
  return waiting(`${readyReplicas} of ${wanted} replicas ready, ${updated} updated`);
}

function daemonSet(object: PlainMap): Readiness {
  if (!isObserved(object)) return waiting("the DaemonSet's controller");
  const wanted = numberAt(object, "status", "desiredNumberScheduled") ?? 0;
  const isOnDelete = textAt(object, "spec", "updateStrategy", "type") === "OnDelete";
  const updated = isOnDelete ? wanted : (numberAt(object, "status", "updatedNumberScheduled") ?? 0);
  const available = numberAt(object, "status", "numberAvailable") ?? 0;
  if (updated >= wanted && available >= wanted) return ready;
  return waiting(`${Math.min(updated, available)} of ${wanted} nodes run an available pod`);
}

function job(object: PlainMap): Readiness {
  if (isTrue(object, "Complete")) return ready;
  const failure = conditionOf(object, "Failed");
  if (textAt(failure, "status") === "True") {
    return failed(`the Job failed: ${textAt(failure, "reason")}: ${textAt(failure, "message")}`);
  }
  return waiting("the Job to complete");
}

function pod(object: PlainMap): Readiness {
  const phase = textAt(object, "status", "phase");
  if (phase === "Succeeded" || isTrue(object, "Ready")) return ready;
  if (phase === "Failed") return failed(`the Pod failed: ${textAt(object, "status", "message") ?? "see its log"}`);
  return waiting(`the Pod to be ready (${phase ?? "Pending"})`);
}

function endpointsOf(slices: readonly PlainMap[]): { readonly ready: number; readonly pending: number } {
  const conditions = slices
    .flatMap((slice) => listOf(slice.endpoints))
    .map((endpoint) => mapOf(at(endpoint, "conditions")));
  return {
    ready: conditions.filter((condition) => condition.ready !== false).length,
    pending: conditions.filter((condition) => condition.ready === false && condition.terminating !== true).length,
  };
}

function service(object: PlainMap, surroundings: Surroundings): Readiness {
  const type = textAt(object, "spec", "type") ?? "ClusterIP";
  if (type === "ExternalName") return ready;
  if (type === "LoadBalancer" && listOf(at(object, "status", "loadBalancer", "ingress")).length === 0) {
    return waiting("an address from the load balancer");
  }
  const selector = Object.keys(mapOf(at(object, "spec", "selector")));
  if (textAt(object, "spec", "clusterIP") === "None" || selector.length === 0) return ready;
  const endpoints = endpointsOf(surroundings.endpointSlices);
  if (endpoints.pending > 0) return waiting(`${endpoints.pending} of its pods to be ready`);
  if (endpoints.ready > 0 || surroundings.endpointsUnchangedFor >= settledMilliseconds) return ready;
  return waiting("pods that its selector matches");
}

function ingress(object: PlainMap, surroundings: Surroundings): Readiness {
  if (endpointsOf(surroundings.endpointSlices).ready === 0) return waiting("pods behind its Services");
  if (listOf(at(object, "status", "loadBalancer", "ingress")).length === 0)
    return waiting("an address from the ingress");
  return ready;
}

function volumeClaim(object: PlainMap, surroundings: Surroundings): Readiness {
  const phase = textAt(object, "status", "phase");
  if (phase === "Bound") return ready;
  if (phase === "Pending" && surroundings.bindsOnFirstUse && !surroundings.isUpdate) return ready;
  return waiting("a volume");
}

function volume(object: PlainMap): Readiness {
  const phase = textAt(object, "status", "phase");
  return phase === "Available" || phase === "Bound" ? ready : waiting(`the volume to be available (${phase ?? "new"})`);
}

function serviceAccountToken(object: PlainMap): Readiness {
  if (object.type !== "kubernetes.io/service-account-token") return ready;
  return Object.keys(mapOf(object.data)).length > 0 ? ready : waiting("the token");
}

const rules: Readonly<Record<string, (object: PlainMap, surroundings: Surroundings) => Readiness>> = {
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "apps/v1/DaemonSet": daemonSet,
  "batch/v1/Job": job,
  "v1/Pod": pod,
  "v1/Service": service,
  "networking.k8s.io/v1/Ingress": ingress,
  "v1/PersistentVolumeClaim": volumeClaim,
  "v1/PersistentVolume": volume,
  "v1/Secret": serviceAccountToken,
};

/** How far an object is (pure), by its kind; a kind without a rule is ready at once, as with the official provider. */
export function readinessOf(object: PlainMap, surroundings: Surroundings): Readiness {
  const rule = rules[`${textAt(object, "apiVersion")}/${textAt(object, "kind")}`];
  return rule === undefined ? ready : rule(object, surroundings);
}
