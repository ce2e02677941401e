import { describe, expect, it, test } from "vitest";
import { claim, job, service, workload } from "../../../../operations/status/objects.ts";
import { agentNode, now, podWith, serverNode } from "./facts-fixture.ts";
import { problemsIn } from "./problems-found.ts";

const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();

describe("pods", () => {
  const waiting = (reason: string, restartCount = 0) => ({
    phase: "Pending",
    containerStatuses: [{ name: "app", restartCount, state: { waiting: { reason, message: "so it is" } } }],
  });

  it.each([
    ["crashes", waiting("CrashLoopBackOff", 4), "app is in CrashLoopBackOff, started 5 times: so it is"],
    ["has no image", waiting("ImagePullBackOff"), "app is in ImagePullBackOff: so it is"],
    [
      "runs nowhere",
      { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", message: "0/2 nodes are available" }] },
      "it runs nowhere: 0/2 nodes are available",
    ],
    ["is Pending", { phase: "Pending" }, "it is Pending for 2 h"],
    ["failed", { phase: "Failed", reason: "Evicted", message: "low on disk" }, "it failed: Evicted, low on disk"],
    [
      "isn't ready",
      {
        phase: "Running",
        conditions: [
          { type: "Ready", status: "False", reason: "ContainersNotReady", lastTransitionTime: minutesAgo(5) },
        ],
      },
      "it isn't ready for 5 min: ContainersNotReady",
    ],
    [
      "ended with an error",
      {
        phase: "Running",
        containerStatuses: [{ name: "app", restartCount: 1, state: { terminated: { exitCode: 3, reason: "Error" } } }],
      },
      "app ended with 3 (Error), started 2 times",
    ],
  ])("are told when one %s", (_, status, problem) => {
    expect(problemsIn({ pods: { value: [podWith(status)] } })).toEqual([`pod calculator/calculator-1: ${problem}`]);
  });

  it.each([
    ["is starting", podWith(waiting("ContainerCreating"), { creationTimestamp: minutesAgo(0.2) })],
    [
      "has just become unready",
      podWith({
        phase: "Running",
        conditions: [{ type: "Ready", status: "False", lastTransitionTime: minutesAgo(0.2) }],
      }),
    ],
    ["is done", podWith({ phase: "Succeeded" })],
    ["is a Job's, which tries again", podWith({ phase: "Failed" }, { ownerReferences: [{ kind: "Job" }] })],
    ["is ending", podWith({ phase: "Running" }, { deletionTimestamp: minutesAgo(0.2) })],
    ["is in a namespace that isn't ours", podWith(waiting("CrashLoopBackOff"), { namespace: "someone-else" })],
  ])("aren't told when one %s", (_, one) => {
    expect(problemsIn({ pods: { value: [one] } })).toEqual([]);
  });

  it("of a node that is gone are this node's matter, but not those that should have ended elsewhere", () => {
    const unready = {
      phase: "Running",
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: minutesAgo(9) }],
    };
    const facts = {
      nodes: { value: [serverNode(), agentNode({ ready: "Unknown" })] },
      pods: {
        value: [
          podWith(unready),
          podWith({}, { name: "stuck", deletionTimestamp: minutesAgo(9) }, { nodeName: "server-1" }),
        ],
      },
    };
    expect(problemsIn(facts)).toEqual([
      "agent-1: NotReady: kubelet is posting ready status",
      "pod calculator/stuck: it should have ended 9 min ago",
    ]);
  });
});

test("what lacks pods, gave up, is Pending or has no address is told", () => {
  const metadata = { name: "shop", namespace: "calculator" };
  expect(
    problemsIn({
      workloads: {
        value: [
          workload.parse({ metadata, spec: { replicas: 3 }, status: { readyReplicas: 1 } }),
          workload.parse({ metadata, status: { desiredNumberScheduled: 2, numberReady: 2 } }),
        ],
      },
      jobs: {
        value: [
          job.parse({
            metadata,
            status: { conditions: [{ type: "Failed", status: "True", message: "BackoffLimitExceeded" }] },
          }),
        ],
      },
      claims: {
        value: [
          claim.parse({ metadata, spec: { storageClassName: "local-path" } }),
          claim.parse({ metadata, status: { phase: "Bound" } }),
        ],
      },
      services: { value: [service.parse({ metadata, spec: { type: "LoadBalancer" } }), service.parse({ metadata })] },
      failedTurn: { value: { node: "agent-1", reason: "drain took too long" } },
    }),
  ).toEqual([
    "agent-1: it failed while it was changed: drain took too long",
    "job calculator/shop: it gave up: BackoffLimitExceeded",
    "calculator/shop: 1 of 3 pods are ready",
    "claim calculator/shop: it is Pending (class local-path)",
    "service calculator/shop: the load balancer gave it no address",
  ]);
});
