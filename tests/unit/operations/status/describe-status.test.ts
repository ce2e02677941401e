import { expect, test } from "vitest";
import { statusLines, statusObject } from "../../../../operations/status/describe-status.ts";
import { agentNode, clusterFacts, factsWith, serverNode } from "./facts-fixture.ts";

test("a stack of which all is as declared, for people", () => {
  expect(statusLines(factsWith()).join("\n")).toMatchInlineSnapshot(`
    "Kubernetes v1.36.3 at https://192.168.1.11:6443

    NODE      ROLE    ADDRESS       VERSION  STATE
    server-1  server  192.168.1.11  v1.36.3  Ready
    agent-1   agent   192.168.1.12  v1.36.3  Ready

    APPLICATION  ADDRESS                    ANSWER
    calculator   http://192.168.1.12:30500  404 in 8 ms

    CERTIFICATE          LEFT      ENDS
    kubeconfig (output)  305 days  2027-01-01
    Not readable from here: etcd on server-1

    etcd snapshots: the newest is of 6 h ago (etcd-a.db on server-1); due by "0 */6 * * *"

    pi: all is as declared"
  `);
});

test("what isn't as declared comes last, each with its fix", () => {
  const cluster = clusterFacts({ nodes: { value: [serverNode(), agentNode({ ready: "Unknown" })] } });
  const locks = [{ description: "process 7 of me on there", state: "elsewhere" as const }];
  const lines = statusLines(factsWith({ cluster, state: { ...factsWith().state, locks } }));
  expect(lines[0]).toBe(
    "A run on another computer has the stack: process 7 of me on there. If it was killed: ./grappe recover.",
  );
  expect(lines.slice(-3)).toEqual([
    "pi: 1 thing isn't as declared",
    "- agent-1: NotReady: kubelet is posting ready status",
    "  Fix: see that it runs and has network; on it: journalctl -u kubelet -u k3s -u k3s-agent -n 100",
  ]);
});

test("one JSON object for programs", () => {
  const object = JSON.parse(JSON.stringify(statusObject(factsWith())));
  expect(object).toMatchObject({
    stack: "pi",
    asked: "2026-03-01T12:00:00.000Z",
    asDeclared: true,
    findings: [],
    kubernetes: { server: "https://192.168.1.11:6443", version: "v1.36.3" },
    nodes: [
      { name: "server-1", role: "server", address: "192.168.1.11", version: "v1.36.3", state: "Ready" },
      { name: "agent-1" },
    ],
    applications: [{ application: "calculator", address: "http://192.168.1.12:30500", status: 404 }],
    certificates: [
      { of: "kubeconfig (output)", daysLeft: 305 },
      { of: "etcd on server-1", unanswered: "it doesn't answer" },
    ],
    newestSnapshot: { node: "server-1", ageSeconds: 21588 },
  });
});
