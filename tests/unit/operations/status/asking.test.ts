import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askApplications } from "../../../../operations/status/ask-applications.ts";
import { askCluster } from "../../../../operations/status/ask-cluster.ts";
import { readCertificates } from "../../../../operations/status/read-certificates.ts";
import { agentNode, serverNode } from "./facts-fixture.ts";

let server: Server;
let origin: string;
let answer: RequestListener;

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the test server has no port");
  origin = `http://127.0.0.1:${address.port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const kubeconfig = () =>
  JSON.stringify({
    clusters: [{ name: "c", cluster: { server: origin, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });

const listed: Readonly<Record<string, unknown>> = {
  "/version": { gitVersion: "v1.36.3" },
  "/api/v1/namespaces/kube-system": { metadata: { creationTimestamp: "2026-01-01T00:00:00Z" } },
  "/api/v1/nodes": { items: [serverNode(), agentNode()] },
  "/api/v1/pods": { items: [] },
  "/apis/apps/v1/deployments": { items: [] },
  "/apis/apps/v1/statefulsets": { items: null },
  "/apis/apps/v1/daemonsets": { items: [] },
  "/apis/batch/v1/jobs": { items: [] },
  "/api/v1/persistentvolumeclaims": { items: [] },
  "/api/v1/services": { items: [] },
  "/api/v1/secrets": { items: [] },
};

const serve =
  (objects: Readonly<Record<string, unknown>>): RequestListener =>
  (request, response) => {
    const object = objects[(request.url ?? "").replace(/\?.*/, "")];
    response.writeHead(object === undefined ? 404 : 200).end(JSON.stringify(object ?? { reason: "NotFound" }));
  };

describe("a cluster", () => {
  it("tells all; kinds that it lacks are no trouble, and a kubeadm server's snapshot is read of its node", async () => {
    answer = serve(listed);
    const facts = await askCluster(kubeconfig());
    expect(facts).toMatchObject({
      server: origin,
      version: { value: "v1.36.3" },
      nodes: { value: [{ metadata: { name: "server-1" } }, { metadata: { name: "agent-1" } }] },
      workloads: { value: [] },
      snapshots: { value: [{ name: "etcd-a.db", node: "server-1", taken: new Date("2026-03-01T06:00:12Z") }] },
      failedTurn: { value: undefined },
    });
  });

  it("of k3s tells its snapshots by its own kind, and a node that failed while it was changed", async () => {
    const snapshot = (name: string, readyToUse: boolean) => ({
      spec: { snapshotName: name, nodeName: "server-1" },
      status: { readyToUse, creationTime: "2026-03-01T00:00:05Z" },
    });
    answer = serve({
      ...listed,
      "/api/v1/nodes": { items: [] },
      "/apis/k3s.cattle.io/v1/etcdsnapshotfiles": { items: [snapshot("a", true), snapshot("b", false)] },
      "/api/v1/namespaces/kube-system/configmaps/grappe-turn": { data: { holder: "agent-1", failed: "no drain" } },
    });
    const facts = await askCluster(kubeconfig());
    expect(facts.snapshots).toEqual({
      value: [{ name: "a", node: "server-1", taken: new Date("2026-03-01T00:00:05Z") }],
    });
    expect(facts.failedTurn).toEqual({ value: { node: "agent-1", reason: "no drain" } });
  });

  it("that hangs, refuses or isn't there is said to within the deadline, and nothing is thrown", async () => {
    answer = () => undefined;
    const began = performance.now();
    const hanging = await askCluster(kubeconfig());
    expect(performance.now() - began).toBeLessThan(4_500);
    expect(hanging.version).toEqual({ unanswered: "it took too long" });
    expect(hanging.pods).toEqual({ unanswered: "it took too long" });
    answer = (_, response) => response.writeHead(401).end('{"message": "Unauthorized"}');
    expect((await askCluster(kubeconfig())).version).toEqual({ unanswered: "it refuses the kubeconfig (401)" });
    const gone = kubeconfig().replace(origin, "http://127.0.0.1:1");
    expect((await askCluster(gone)).nodes).toEqual({ unanswered: "it refuses the connection" });
  });
});

describe("applications", () => {
  it("answer, or why not is said", async () => {
    answer = (request, response) => {
      if (request.url === "/none") response.writeHead(404).end("404 page not found\n");
      else response.writeHead(200).end("here");
    };
    const urls = { shop: [origin, `${origin}/none`], gone: ["http://127.0.0.1:1"] };
    expect(await askApplications(urls)).toMatchObject([
      { application: "shop", answer: { value: { status: 200, noRoute: false } } },
      { application: "shop", answer: { value: { status: 404, noRoute: true } } },
      { application: "gone", answer: { unanswered: "it refuses the connection" } },
    ]);
  });
});

describe("certificates", () => {
  it("that can't be read from here are named as such", async () => {
    const gone = kubeconfig().replace(origin, "https://127.0.0.1:1");
    const nodes = [{ name: "server-1", address: "127.0.0.1", role: "server" as const }];
    expect(await readCertificates({ kubeconfig: gone, nodes, urls: ["http://127.0.0.1:1"] })).toContainEqual({
      of: "API at 127.0.0.1:1",
      unanswered: "it refuses the connection",
    });
  });
});
