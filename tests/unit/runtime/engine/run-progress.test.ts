import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { progressLines, RunProgress } from "../../../../runtime/engine/run-progress.ts";

const urn = (name: string): string => `urn:pulumi:lab::grappe::kubernetes:helm.sh/v3:Release::${name}`;
const begun = (name: string): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  resourcePreEvent: {
    metadata: {
      op: "create",
      urn: urn(name),
      type: "kubernetes:helm.sh/v3:Release",
      provider: "",
    },
  },
});
const said = (name: string, message: string): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  diagnosticEvent: { urn: urn(name), message, color: "never", severity: "info", ephemeral: true },
});

let lines: string[] = [];
let progress: RunProgress;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  lines = [];
  progress = new RunProgress((line) => lines.push(line.trim()));
});
afterEach(() => {
  progress.stop();
  vi.useRealTimers();
});

test("what is waited for longer than 20 s says what it waits for; the rest is named", () => {
  progress.event(begun("local-storage-provisioner"));
  progress.event(said("local-storage-provisioner", "waiting for pod local-path-1: CrashLoopBackOff\n"));
  vi.advanceTimersByTime(10_000);
  progress.event(begun("metallb"));
  vi.advanceTimersByTime(10_000);
  expect(lines).toEqual([
    "10.0 s  working on local-storage-provisioner (10 s)",
    "20.0 s  waiting for local-storage-provisioner (20 s): pod local-path-1: CrashLoopBackOff",
    "20.0 s  working on metallb (10 s)",
  ]);
});

test("a dot that keeps a connection alive says nothing, and the newest word counts", () => {
  progress.event(begun("node"));
  for (const word of ["..\n", "..waiting for node to be Ready: cni\n", "....\n"]) progress.event(said("node", word));
  vi.advanceTimersByTime(30_000);
  expect(lines.at(-1)).toBe("30.0 s  waiting for node (30 s): node to be Ready: cni");
});

test("many at once are counted", () => {
  const running = new Map(Array.from({ length: 8 }, (_, index) => [urn(`r${index}`), { since: 0 }]));
  expect(progressLines(running, 5_000)).toEqual([
    "working on r0 (5 s), r1 (5 s), r2 (5 s), r3 (5 s), r4 (5 s) and 3 more",
  ]);
  const told = new Map([...running].map(([key]) => [key, { since: 0, waitingFor: "x" }]));
  expect(progressLines(told, 25_000).at(-1)).toBe("working on 3 more");
});
