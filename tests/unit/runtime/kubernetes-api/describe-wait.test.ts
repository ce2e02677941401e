import { describe, expect, test } from "vitest";
import {
  describeWait,
  firstWaited,
  tellingEvent,
  waitedContainer,
} from "../../../../runtime/kubernetes-api/describe-wait.ts";
import type { PlainMap } from "../../../../runtime/provider-protocol/property-value.ts";

const pod = (name: string, status: PlainMap, metadata: PlainMap = {}): PlainMap => ({
  metadata: { namespace: "shop", name, ...metadata },
  spec: { containers: [{ name: "main" }] },
  status,
});
const waiting = (reason: string, restartCount = 0, message?: string): PlainMap => ({
  phase: "Running",
  containerStatuses: [
    { name: "main", ready: false, restartCount, state: { waiting: { reason, ...(message && { message }) } } },
  ],
});
const isReady: PlainMap = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
const running: PlainMap = {
  phase: "Running",
  containerStatuses: [{ name: "main", ready: false, restartCount: 0, state: { running: {} } }],
};
const ofJob = { ownerReferences: [{ kind: "Job", name: "init" }] };

describe("what is waited for", () => {
  test("a pod that crashes: its state, last line and event", () => {
    const pods = [pod("ready", isReady), pod("local-path-1", waiting("CrashLoopBackOff", 4))];
    const traces = { lastLine: "invalid empty flag\thelper-pod-file", event: "BackOff: Back-off restarting" };
    expect(describeWait({ pods }, traces)).toBe(
      'pod local-path-1: CrashLoopBackOff, started 5 times, last line "invalid empty flag helper-pod-file", event "BackOff: Back-off restarting"',
    );
  });

  test.each<[string, PlainMap, string]>([
    ["an image that isn't there", pod("a", waiting("ErrImagePull", 0, "not found")), "pod a: ErrImagePull (not found)"],
    [
      "no node",
      pod("a", {
        phase: "Pending",
        conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes" }],
      }),
      "pod a: Unschedulable (0/3 nodes)",
    ],
    ["one that runs", pod("a", running), "pod a: main runs, not ready"],
    ["one without a status", pod("a", { phase: "Pending" }), "pod a: Pending"],
    ["one that ends", pod("a", isReady, { deletionTimestamp: "2026-01-01T00:00:00Z" }), "pod a: Terminating"],
    ["a Job's", pod("a", isReady, ofJob), "pod a: Running"],
    [
      "an initial container",
      pod("a", {
        phase: "Pending",
        initContainerStatuses: [
          { name: "first", restartCount: 0, ready: true, state: { terminated: { exitCode: 0 } } },
          { name: "second", restartCount: 1, ready: false, state: { terminated: { exitCode: 2 } } },
        ],
      }),
      "pod a: second ended with 2, started 2 times",
    ],
  ])("%s", (_, object, line) => {
    expect(describeWait({ pods: [object] })).toBe(line);
  });

  test("the worst comes first, and the others are counted", () => {
    const pods = [pod("b", running), pod("c", waiting("CrashLoopBackOff", 1)), pod("d", isReady), pod("a", running)];
    expect(firstWaited({ pods })?.metadata).toMatchObject({ name: "c" });
    expect(describeWait({ pods })).toBe("pod c: CrashLoopBackOff, started 2 times; and 2 more pods");
  });

  test("with all pods ready: a claim without a volume, a Service without an address, nothing", () => {
    const claims = [{ metadata: { name: "data" }, status: { phase: "Pending" } }];
    const services = [{ metadata: { name: "till" }, spec: { type: "LoadBalancer" } }];
    const pods = [pod("a", isReady), pod("done", { phase: "Succeeded" }, ofJob)];
    expect(describeWait({ pods, claims, services })).toBe("volume claim data: Pending");
    expect(describeWait({ pods, services })).toBe("Service till: no address from the load balancer");
    expect(describeWait({ pods })).toBeUndefined();
  });

  test("a long text is cut, on one line", () => {
    const line = describeWait({ pods: [pod("a", running)] }, { lastLine: `${"x".repeat(1_000)}\n` }) ?? "";
    expect(line.length).toBeLessThan(320);
    expect(line).not.toContain("\n");
  });
});

test("the log that tells: of the container that is waited for, of its last run where it ended", () => {
  expect(waitedContainer(pod("a", waiting("CrashLoopBackOff", 1)))).toEqual({
    name: "main",
    hasEnded: true,
    hasStarted: true,
  });
  expect(waitedContainer(pod("a", waiting("ContainerCreating")))).toMatchObject({ hasStarted: false });
  expect(waitedContainer(pod("a", running))).toMatchObject({ hasEnded: false, hasStarted: true });
  expect(waitedContainer(pod("a", { phase: "Pending" }))).toBeUndefined();
});

test("the event that tells: the newest warning, else the newest", () => {
  const event = (type: string, reason: string, lastTimestamp: string): PlainMap => ({
    type,
    reason,
    message: "m",
    lastTimestamp,
  });
  const normal = event("Normal", "Pulled", "2026-01-03T00:00:00Z");
  const warnings = [event("Warning", "Old", "2026-01-01T00:00:00Z"), event("Warning", "New", "2026-01-02T00:00:00Z")];
  expect(tellingEvent([normal, ...warnings])).toBe("New: m");
  expect(tellingEvent([normal])).toBe("Pulled: m");
  expect(tellingEvent([])).toBeUndefined();
});
