import { beforeEach, describe, expect, it } from "vitest";
import { shellAssignments } from "../../../components/host/shell-assignments.ts";
import { clusterAt } from "../../../rehearsal/world/kubernetes/cluster.ts";
import { type Machine, newMachine } from "../../../rehearsal/world/machine.ts";
import { runStep, stepKind } from "../../../rehearsal/world/steps/run-step.ts";
import { parseShellValues } from "../../../rehearsal/world/steps/shell-values.ts";
import { forgottenNodes, leftInWorld, livingClusters, newWorld, type World } from "../../../rehearsal/world/world.ts";

let world: World;
let first: Machine;
let second: Machine;

const machine = (name: string) =>
  newMachine({ name, hostKey: "ssh-ed25519 AAAA", authorizedKeys: new Set(), users: new Set(), memoryCgroup: false });

beforeEach(() => {
  [first, second] = [machine("one"), machine("two")];
  const offer = { images: [], flavors: [], zones: [], externalNetworks: [] };
  world = newWorld(
    offer,
    new Map([
      ["one:22", first],
      ["two:22", second],
    ]),
  );
});

function run(on: Machine, kind: string, values: Record<string, string>): string {
  const command = `exec bash -c '#!/usr/bin/env bash\n# grappe-step: ${kind}\nset -e'`;
  return runStep(world, { kind: "create", machine: on, command, stdin: shellAssignments(values) }).stdout;
}

const artifacts = "k3s file /usr/local/bin/k3s 0755 - https://x/k3s https://x/sums k3s -";
const node = (name: string, label: string) => ({
  ...{
    nodeName: name,
    nodeAddress: "10.0.0.1",
    version: "v1.36.5+k3s1",
    configHash: "h1",
    config: 'tls-san: ["10.0.0.9"]',
  },
  registration: `node-label: ["grappe.dev/machine=${label}"]`,
});
const labels = { one: "1".repeat(16), two: "2".repeat(16) };
const about = (name: "one" | "two", role: string) => ({
  ...{ distribution: "k3s", role, nodeName: name, nodeAddress: "10.0.0.2", machine: labels[name], configHash: "h1" },
});

function prepare(on: Machine): void {
  run(on, "prepare", { name: on.name, privateAddress: "10.0.0.1" });
  run(on, "install-artifacts", { artifacts });
}

function join(name: "one" | "two", fingerprint: string): void {
  run(first, "admission", about(name, "agent"));
  const config = "server: https://10.0.0.9:6443";
  run(second, "agent", { ...node(name, labels[name]), config, agentToken: `K10${fingerprint}::node:t` });
}

describe("a step's identity", () => {
  it("is the header line of its script", () => {
    expect(stepKind("bash -c '\n# grappe-step: join\n'")).toBe("join");
    expect(() => run(first, "format-disk", {})).toThrow('doesn\'t know the step "format-disk"');
    expect(() => runStep(world, { kind: "create", machine: first, command: "rm -rf /", stdin: "" })).toThrow(
      "no header line",
    );
  });

  it("takes its values as the shell does", () => {
    const values = { plain: "a b", quote: "it's", lines: "1\n2\n", empty: "" };
    expect(Object.fromEntries(parseShellValues(shellAssignments(values)))).toEqual(values);
    expect(() => parseShellValues("no assignment")).toThrow("no list of shell assignments");
  });
});

describe("steps on a host", () => {
  it("reboot where, and only where, the kernel must be started anew", () => {
    const outcome = run(first, "prepare", { name: "one", privateAddress: "10.0.0.1" });
    expect(outcome).toBe(`reboot-after ${first.bootId}`);
    const former = run(first, "reboot", { outcome });
    expect(run(first, "await-reboot", { formerBoot: former })).toBe(first.bootId);
    expect(run(first, "prepare", { name: "one", privateAddress: "10.0.0.1" })).toBe("ready");
    expect(run(first, "reboot", { outcome: "ready" })).toBe("none");
  });

  it("bring the site's proxy, whole, and take it away", () => {
    const files = { proxyOf: "#!", proxyRoutes: "http://p:1\n", aptProxy: "a", curlProxy: "c" };
    const values = { name: "one", privateAddress: "10.0.0.1" };
    run(first, "prepare", { ...values, ...files });
    expect(first.marks.get("proxy")).toBe("http://p:1\n");
    expect(() => run(first, "prepare", { ...values, ...files, proxyOf: "" })).toThrow("some are missing");
    run(first, "prepare", values);
    expect(first.marks.has("proxy")).toBe(false);
  });

  it("need what comes before them", () => {
    expect(() => run(first, "install-artifacts", { artifacts })).toThrow("never prepared");
    expect(() => run(first, "prepare", {})).toThrow("parameter null or not set");
    run(first, "prepare", { name: "one", privateAddress: "10.0.0.1" });
    expect(() => run(first, "bootstrap", node("one", labels.one))).toThrow("before its programs were installed");
    const unverified = "k3s file /k3s 0755 - https://x/k3s - - -";
    expect(() => run(first, "install-artifacts", { artifacts: unverified })).toThrow("SHA-256");
  });
});

describe("a cluster", () => {
  it("is made once, and joined only by who was admitted", () => {
    prepare(first);
    prepare(second);
    expect(() => join("two", "0".repeat(64))).toThrow("never made");
    expect(() => run(first, "kubeconfig", { distribution: "k3s", apiAddress: "10.0.0.9", successes: "5" })).toThrow(
      "no API server",
    );
    const fingerprint = run(first, "bootstrap", node("one", labels.one));
    expect(run(first, "bootstrap", node("one", labels.one))).toBe(fingerprint);
    expect(() => run(second, "bootstrap", node("two", labels.two))).toThrow("second cluster");
    expect(() => run(first, "membership", about("two", "agent"))).toThrow("didn't appear");
    const early = {
      ...node("two", labels.two),
      config: "server: https://10.0.0.9:6443",
      agentToken: `K10${fingerprint}::node:t`,
    };
    expect(() => run(second, "agent", early)).toThrow("before a server admitted it");
    join("two", fingerprint);
    expect(() => run(second, "server", { ...early, configHash: "h2" })).toThrow("is a member as agent");
    run(first, "membership", about("two", "agent"));
    expect([...(livingClusters(world)[0]?.nodes.keys() ?? [])]).toEqual(["one", "two"]);
    expect(run(first, "kubeconfig", { distribution: "k3s", apiAddress: "10.0.0.9", successes: "5" })).toContain(
      "client-key-data",
    );
    expect(world.secrets.size).toBe(1);
  });

  it("remembers a node until it is removed, and goes with its last server", () => {
    prepare(first);
    prepare(second);
    join("two", run(first, "bootstrap", node("one", labels.one)));
    second.member = undefined;
    expect(forgottenNodes(world)).toEqual(["two"]);
    run(first, "removal", { ...about("two", "agent"), machine: "another" });
    expect(forgottenNodes(world)).toEqual(["two"]);
    run(first, "removal", about("two", "agent"));
    expect(forgottenNodes(world)).toEqual([]);
    expect(leftInWorld(world)).not.toEqual([]);
    for (const one of [first, second]) one.marks.clear();
    first.member = undefined;
    expect(leftInWorld(world)).toEqual([]);
  });

  it("takes no server that says otherwise what it was made with", () => {
    const config = (backend: string, encryption: boolean) =>
      `tls-san: ["10.0.0.9"]\ncluster-cidr: 10.42.0.0/16\nflannel-backend: ${backend}\nsecrets-encryption: ${encryption}`;
    prepare(first);
    run(first, "bootstrap", { ...node("one", labels.one), config: config("vxlan", true) });
    run(first, "server", { ...node("one", labels.one), config: config("vxlan", true) });
    expect(() => run(first, "server", { ...node("one", labels.one), config: config("host-gw", false) })).toThrow(
      "critical configuration value mismatch between servers: flannel-backend is host-gw, not vxlan, secrets-encryption is false, not true",
    );
    const kubeadm = (range: string) => `kind: ClusterConfiguration\nnetworking: {podSubnet: ${range}}`;
    prepare(second);
    run(second, "runtime", { version: "v1.36.3" });
    run(second, "bootstrap", { ...node("two", labels.two), config: "", initConfig: kubeadm("10.42.0.0/16") });
    expect(() =>
      run(second, "server", { ...node("two", labels.two), config: "", clusterConfig: kubeadm("10.60.0.0/16") }),
    ).toThrow("podSubnet is 10.60.0.0/16, not 10.42.0.0/16");
  });

  it("takes no node with labels that its kubelet refuses, at a join or at a later start", () => {
    prepare(first);
    const labelled = (label: string) => ({
      ...node("one", labels.one),
      registration: `node-label: ["grappe.dev/machine=${labels.one}", "${label}=till"]`,
    });
    const refusal = (label: string) =>
      `unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [${label}]`;
    expect(() => run(first, "bootstrap", labelled("kubernetes.io/role"))).toThrow(refusal("kubernetes.io/role"));
    run(first, "bootstrap", labelled("topology.kubernetes.io/zone"));
    const worker = "node-role.kubernetes.io/worker";
    expect(() => run(first, "server", labelled(worker))).toThrow(refusal(worker));
    prepare(second);
    run(second, "runtime", { version: "v1.36.3" });
    const args = [{ name: "node-labels", value: `example.org/a=b,${worker}=` }];
    const initConfig = JSON.stringify({ kind: "InitConfiguration", nodeRegistration: { kubeletExtraArgs: args } });
    expect(() => run(second, "bootstrap", { ...node("two", labels.two), config: "", initConfig })).toThrow(
      refusal(worker),
    );
  });

  it("changes an agent only through its membership, and skips no minor", () => {
    prepare(first);
    prepare(second);
    join("two", run(first, "bootstrap", node("one", labels.one)));
    run(first, "membership", about("two", "agent"));
    const changed = { ...node("two", labels.two), configHash: "h2" };
    expect(() => run(second, "agent", { ...changed, version: "v1.38.0+k3s1" })).toThrow("skipped");
    expect(() => run(first, "membership", { ...about("two", "agent"), configHash: "h2" })).toThrow("nobody staged");
    run(second, "agent", { ...changed, version: "v1.37.0+k3s1" });
    expect(() => run(first, "membership", { ...about("two", "agent"), configHash: "h2" })).toThrow(
      "newer than the API server",
    );
    run(first, "server", { ...node("one", labels.one), version: "v1.37.0+k3s1", configHash: "h2" });
    run(first, "membership", { ...about("two", "agent"), configHash: "h2" });
    expect(second.member?.version).toBe("v1.37.0+k3s1");
  });

  it("takes a machine that was removed while it was away for a newcomer, and no other one", () => {
    prepare(first);
    prepare(second);
    const fingerprint = run(first, "bootstrap", node("one", labels.one));
    join("two", fingerprint);
    run(first, "removal", about("two", "agent"));
    const again = { ...node("two", labels.two), config: "server: https://10.0.0.9:6443" };
    const comesBack = () => run(second, "agent", { ...again, agentToken: `K10${fingerprint}::node:t` });
    expect(comesBack).toThrow("before a server admitted it");
    run(first, "admission", about("two", "agent"));
    comesBack();
    run(first, "membership", about("two", "agent"));
    expect(forgottenNodes(world)).toEqual([]);
  });

  it("renews certificates in their last 110 days, and refuses a kubeconfig that has ended", () => {
    prepare(first);
    prepare(second);
    join("two", run(first, "bootstrap", node("one", labels.one)));
    run(first, "membership", about("two", "agent"));
    const readKubeconfig = () =>
      run(first, "kubeconfig", { distribution: "k3s", apiAddress: "10.0.0.9", successes: "5" }).replace(
        "127.0.0.1",
        "10.0.0.9",
      );
    const former = readKubeconfig();
    const steps = () => {
      run(first, "server", { ...node("one", labels.one), certificateMonth: "x" });
      run(second, "agent", { ...node("two", labels.two), certificateMonth: "x" });
      run(first, "membership", about("two", "agent"));
    };
    const passes = (days: number) => {
      world.now = new Date(world.now.getTime() + days * 86_400_000);
    };
    const ends = () => [first, second].map(({ member }) => member?.certificatesEnd.getTime());
    const [end] = ends();
    passes(250);
    steps();
    expect(ends()).toEqual([end, end]);
    passes(10);
    steps();
    expect(ends().every((each) => each !== undefined && end !== undefined && each > end)).toBe(true);
    passes(110);
    expect(() => clusterAt(livingClusters(world), former)).toThrow("provide credentials");
    expect(clusterAt(livingClusters(world), readKubeconfig())).toBe(livingClusters(world)[0]);
  });
});

describe("the shop's own authority", () => {
  const values = {
    ...{ distribution: "k3s", namespace: "traefik", authority: "own-authority", certificate: "own-certificate" },
    ...{ commonName: "grappe shop", names: "till.test", service: "", isUp: "yes" },
  };

  it("is made once, and answers with its root each time", () => {
    prepare(first);
    run(first, "bootstrap", node("one", labels.one));
    const root = run(first, "issue-certificate", values);
    expect(root).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(run(first, "issue-certificate", { ...values, names: "a.test b.test" })).toBe(root);
  });

  it("needs something to certify, and the ingress whose address it names; a timer never makes it", () => {
    prepare(first);
    run(first, "bootstrap", node("one", labels.one));
    expect(() => run(first, "issue-certificate", { ...values, names: "" })).toThrow("nothing is served");
    expect(() => run(first, "issue-certificate", { ...values, service: "traefik" })).toThrow("not found in traefik");
    const timer = { units: "grappe-certificate", program_0: "x", serviceUnit_0: "x", timerUnit_0: "x" };
    expect(() => run(first, "server-timers", { ...timer, programValues_0: "isUp='yes'\n" })).toThrow("never makes");
    run(first, "server-timers", { ...timer, programValues_0: "isUp='no'\n" });
    run(first, "server-timers", { units: "" });
  });
});
