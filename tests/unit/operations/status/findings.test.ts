import { describe, expect, it, test } from "vitest";
import type { Facts } from "../../../../operations/status/facts.ts";
import { findingsOf } from "../../../../operations/status/findings.ts";
import { releaseRevision } from "../../../../operations/status/objects.ts";
import { agentNode, clusterFacts, factsWith, now, serverNode } from "./facts-fixture.ts";
import { problemsIn, problemsOf } from "./problems-found.ts";

test("where all is as declared there is no finding", () => {
  expect(findingsOf(factsWith())).toEqual([]);
});

describe("nodes", () => {
  const among = (...nodes: readonly ReturnType<typeof agentNode>[]) => problemsIn({ nodes: { value: nodes } });

  it("are told when one is missing, or nobody declared it", () => {
    const other = agentNode();
    const extra = { ...other, metadata: { ...other.metadata, name: "laptop" } };
    expect(among(serverNode(), extra)).toEqual([
      "agent-1: it is declared, but no node of the cluster",
      "laptop: it is a node of the cluster that the settings don't name",
    ]);
  });

  it.each([
    ["not Ready", { ready: "Unknown" }, "NotReady: kubelet is posting ready status"],
    ["of another version", { version: "v1.35.0" }, "its version is v1.35.0, declared is v1.36.3"],
    [
      "cordoned",
      { spec: { unschedulable: true, taints: [{ key: "till", effect: "NoSchedule" }] } },
      "it is cordoned: no new pods run there",
    ],
    ["otherwise labelled", { labels: { PoP: "space_9" } }, "label PoP is space_9, declared is space_1"],
    [
      "labelled by earlier settings",
      { labels: { old: "x" }, annotations: { "grappe.dev/labels": "old,PoP" } },
      "label old isn't declared any more",
    ],
    ["without a taint", { spec: {} }, "taint till=:NoSchedule is missing"],
    [
      "tainted by earlier settings",
      {
        spec: {
          taints: [
            { key: "till", effect: "NoSchedule" },
            { key: "old", value: "1", effect: "NoExecute" },
          ],
        },
        annotations: { "grappe.dev/taints": "till:NoSchedule,old:NoExecute" },
      },
      "taint old:NoExecute isn't declared any more",
    ],
    [
      "of another role",
      { labels: { "node-role.kubernetes.io/control-plane": "" } },
      "its role is server, declared is agent",
    ],
  ])("are told when one is %s", (_, change, problem) => {
    expect(among(serverNode(), agentNode(change))).toEqual([`agent-1: ${problem}`]);
  });

  it("may have labels and taints of others", () => {
    const taints = [
      { key: "till", effect: "NoSchedule" },
      { key: "someone.else/taint", effect: "NoSchedule" },
    ];
    expect(among(serverNode(), agentNode({ labels: { "someone.else/label": "1" }, spec: { taints } }))).toEqual([]);
  });

  it("are only looked at for themselves where settings can't be read", () => {
    const facts = factsWith({
      declared: { unanswered: "they have 2 problems, and so nothing is compared with them" },
      cluster: clusterFacts({ nodes: { value: [agentNode({ ready: "False" })] } }),
    });
    expect(problemsOf(facts)).toEqual([
      "settings: they have 2 problems, and so nothing is compared with them",
      "agent-1: NotReady: kubelet is posting ready status",
    ]);
  });
});

test("a release is judged by its last revision, and is missed where there is none", () => {
  const revision = (name: string, version: string, status: string) =>
    releaseRevision.parse({
      metadata: {
        name: `sh.helm.release.v1.${name}.v${version}`,
        namespace: "ingress",
        labels: { name, version, status },
      },
    });
  const state = {
    ...factsWith().state,
    releases: ["traefik", "metallb", "odoo", "gone"].map((name) => ({ name, namespace: "ingress" })),
  };
  const releases = [
    revision("traefik", "10", "deployed"),
    revision("traefik", "9", "failed"),
    revision("metallb", "1", "deployed"),
    revision("metallb", "2", "pending-upgrade"),
    revision("odoo", "1", "failed"),
  ];
  expect(problemsOf(factsWith({ state, cluster: clusterFacts({ releases: { value: releases } }) }))).toEqual([
    "release ingress/metallb: it is pending-upgrade",
    "release ingress/odoo: it is failed",
    "release ingress/gone: it isn't in the cluster",
  ]);
});

describe("certificates", () => {
  const day = 86_400_000;
  const certificate = (of: string, days: number, left: number) => {
    const until = new Date(now.getTime() + left * day);
    return { of, until, from: new Date(until.getTime() - days * day) };
  };

  it("are told when they end soon by their own life, have ended, or are another host's", () => {
    const certificates = [
      certificate("kubeconfig", 365, 29),
      certificate("API", 365, 31),
      certificate("https://shop.example", 90, 8),
      certificate("https://new.example", 90, 10),
      certificate("kubelet on agent-1", 365, -3),
      { ...certificate("https://other.example", 365, 300), notFor: "other.example" },
    ];
    expect(problemsOf(factsWith({ certificates }))).toEqual([
      "kubeconfig: it ends in 29 days",
      "https://shop.example: it ends in 8 days",
      "kubelet on agent-1: it ended 3 days ago",
      "https://other.example: its certificate isn't for other.example",
    ]);
  });
});

describe("applications", () => {
  it("are told when they don't answer, answer with an error, or no route leads to them", () => {
    const address = "https://shop.example";
    const value = { status: 200, milliseconds: 5, noRoute: false };
    const applications = [
      { application: "odoo", address, answer: { unanswered: "its name isn't known" } },
      { application: "odoo", address, answer: { value: { ...value, status: 502 } } },
      { application: "odoo", address, answer: { value: { ...value, status: 404, noRoute: true } } },
      { application: "odoo", address, answer: { value: { ...value, status: 303 } } },
    ];
    expect(problemsOf(factsWith({ applications }))).toEqual([
      "odoo at https://shop.example: it doesn't answer: its name isn't known",
      "odoo at https://shop.example: it answers 502",
      "odoo at https://shop.example: the ingress knows no route to it",
    ]);
  });
});

describe("a run", () => {
  const withState = (change: Partial<Facts["state"]>) => factsWith({ state: { ...factsWith().state, ...change } });

  it("that was killed left its lock, and what it worked on", () => {
    const locks = [{ description: "process 7 of me on here, since noon", state: "dead" as const }];
    expect(findingsOf(withState({ locks, interrupted: ["odoo"] }))).toEqual([
      {
        about: "the last run",
        problem: "it was killed and left its lock: process 7 of me on here, since noon",
        fix: "./grappe recover pi",
      },
      { about: "the last run", problem: "it was killed while it worked on odoo", fix: "./grappe recover pi" },
    ]);
  });

  it("that is at work hasn't failed", () => {
    const locks = [{ description: "process 7", state: "alive" as const }];
    expect(findingsOf(withState({ locks, interrupted: ["odoo"], unfinished: ["edge"] }))).toEqual([]);
  });

  it("that failed left something unfinished", () => {
    expect(problemsOf(withState({ unfinished: ["edge"], locks: undefined }))).toEqual([
      "the last run: it left unfinished: edge",
    ]);
  });
});

describe("a cluster that is gone", () => {
  it("is one finding, and its applications", () => {
    const unanswered = "it took too long";
    const gone = Object.fromEntries(Object.keys(clusterFacts()).map((name) => [name, { unanswered }]));
    const facts = factsWith({
      cluster: { ...clusterFacts(), ...gone, server: "https://192.168.1.11:6443" },
      applications: [],
    });
    expect(problemsOf(facts)).toEqual([
      "the cluster: it doesn't answer at https://192.168.1.11:6443: it took too long",
    ]);
  });

  it("or that was never made is said, too", () => {
    const state = { ...factsWith().state, hasCluster: false };
    const facts = factsWith({ state, cluster: undefined, applications: [], certificates: [] });
    expect(findingsOf(facts)).toEqual([
      { about: "the cluster", problem: "the stack's state has none", fix: "./grappe up pi" },
    ]);
  });
});

test("what the API doesn't tell although it answers is a finding, not a silence", () => {
  expect(problemsIn({ pods: { unanswered: "it took too long" } })).toEqual([
    "pods: the API didn't tell: it took too long",
  ]);
});
