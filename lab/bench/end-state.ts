import { setTimeout as delay } from "node:timers/promises";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { ApiClient } from "../../runtime/kubernetes-api/api-client.ts";
import { isTrue, numberAt, textAt } from "../../runtime/kubernetes-api/json-path.ts";

const limitMilliseconds = 120_000;

/** What of a cluster isn't as it must be in the end, however it was brought up; empty when all is. */
async function missing(client: ApiClient, nodes: number): Promise<readonly string[]> {
  const [found, deployments] = await Promise.all([
    client.list("v1", "Node", "", ""),
    client.list("apps/v1", "Deployment", "", ""),
  ]);
  const ready = found.filter((node) => isTrue(node, "Ready")).length;
  const unavailable = deployments.filter(
    (deployment) =>
      (numberAt(deployment, "status", "availableReplicas") ?? 0) < (numberAt(deployment, "spec", "replicas") ?? 1),
  );
  return [
    ...(ready === nodes ? [] : [`${ready} of ${nodes} nodes are Ready`]),
    ...unavailable.map((deployment) => `${textAt(deployment, "metadata", "name")} isn't available`),
  ];
}

/**
 * Waits until the nodes are Ready and all Deployments, CoreDNS among them, available, and returns the seconds that this took.
 *
 * @throws if it takes more than two minutes: then the bring-up didn't reach its end
 */
export async function awaitEndState(kubeconfig: string, nodes: number): Promise<number> {
  const client = new ApiClient(kubeconfig);
  const began = performance.now();
  for (;;) {
    const left = await missing(client, nodes);
    const took = performance.now() - began;
    if (left.length === 0) return took / 1_000;
    if (took > limitMilliseconds)
      throw new RunError(`The cluster isn't whole: ${left.join(", ")}. Fix: see what its pods say.`);
    await delay(200);
  }
}

const checkpoint = z.object({
  checkpoint: z.object({
    latest: z.object({
      resources: z.array(z.object({ type: z.string(), inputs: z.looseObject({}).optional() })),
    }),
  }),
});

/** The Kubernetes objects of a stack (pure), from its state file's text: namespaces first. */
export function objectsOf(state: string): readonly object[] {
  const { resources } = checkpoint.parse(JSON.parse(state)).checkpoint.latest;
  const objects = resources.flatMap(({ type, inputs }) =>
    type.startsWith("kubernetes:") && inputs !== undefined ? [inputs] : [],
  );
  const rank = (object: Record<string, unknown>) => (object.kind === "Namespace" ? 0 : 1);
  return objects.toSorted((a, b) => rank(a) - rank(b));
}
