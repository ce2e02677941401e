import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../../../../runtime/kubernetes-api/api-client.ts";
import { objectWait, observed, releaseWait } from "../../../../runtime/kubernetes-api/wait-observer.ts";

const crashing = {
  metadata: { namespace: "storage", name: "local-path-1", uid: "u1", labels: { app: "local-path" } },
  spec: { containers: [{ name: "main" }] },
  status: {
    phase: "Running",
    containerStatuses: [
      { name: "main", ready: false, restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } } },
    ],
  },
};
const resources = ["Pod", "PersistentVolumeClaim", "Service"].map((kind) => ({
  name: `${kind.toLowerCase()}s`,
  kind,
  namespaced: true,
}));
const line =
  'pod local-path-1: CrashLoopBackOff, started 4 times, last line "invalid empty flag", event "BackOff: restarting"';

const asked: string[] = [];
const answers: Readonly<Record<string, unknown>> = {
  "/api/v1": { resources },
  "/api/v1/namespaces/storage/pods": { items: [crashing] },
  "/api/v1/namespaces/storage/persistentvolumeclaims": { items: [] },
  "/api/v1/namespaces/storage/services": { items: [] },
  "/api/v1/namespaces/storage/events": {
    items: [{ type: "Warning", reason: "BackOff", message: "restarting", lastTimestamp: "2026-01-01T00:00:00Z" }],
  },
};
const server = http.createServer((request, response) => {
  const url = new URL(request.url ?? "", "http://api");
  asked.push(`${url.pathname}?${url.searchParams}`);
  if (url.pathname.endsWith("/log")) return response.end("first\ninvalid empty flag\n");
  const answer = answers[url.pathname];
  response.statusCode = answer === undefined ? 404 : 200;
  return response.end(JSON.stringify(answer ?? { reason: "NotFound", message: "not found" }));
});
let client: ApiClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const place = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
  const cluster = { name: "c", cluster: place };
  const context = { name: "c", context: { cluster: "c", user: "u" } };
  const config = { clusters: [cluster], contexts: [context], users: [{ name: "u", user: {} }], "current-context": "c" };
  client = new ApiClient(JSON.stringify(config));
});
afterAll(() => server.close());

test("a release waits for a pod of its namespace; the log is of the run that ended", async () => {
  expect(await releaseWait(client, { name: "local-path", namespace: "storage" })).toBe(line);
  expect(asked.find((path) => path.includes("/log"))).toMatch(/container=main.*previous=true/);
});

test("a Deployment waits for the pods that it selects", async () => {
  const deployment = {
    kind: "Deployment",
    metadata: { namespace: "storage", name: "local-path" },
    spec: { selector: { matchLabels: { app: "local-path" } } },
  };
  expect(await objectWait(client, deployment)).toBe(line);
  expect(asked).toContain("/api/v1/namespaces/storage/pods?labelSelector=app%3Dlocal-path");
});

test("an object without pods tells its event", async () => {
  const claim = { kind: "PersistentVolumeClaim", metadata: { namespace: "storage", name: "data" }, spec: {} };
  expect(await objectWait(client, claim)).toBe('event "BackOff: restarting"');
});

test("short work says nothing; long work says each thing once, and a look that fails is nobody's matter", async () => {
  const said: string[] = [];
  const looks = ["a", "a", undefined, "b"];
  const look = async () => {
    if (looks.length === 0) throw new Error("away");
    return looks.shift();
  };
  const work = async (milliseconds: number) => {
    await delay(milliseconds);
    return "done";
  };
  const times = { quiet: 40, interval: 10 };
  expect(await observed(work(5), look, (text) => said.push(text), times)).toBe("done");
  expect(said).toEqual([]);
  await observed(work(250), look, (text) => said.push(text), times);
  expect(said).toEqual(["a", "b"]);
});
