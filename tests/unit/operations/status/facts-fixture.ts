import { newSshKeyPair } from "../../../../components/host/ssh-key-pair.ts";
import { parseSettings } from "../../../../components/settings/parse.ts";
import type { ClusterFacts, Declared, Facts } from "../../../../operations/status/facts.ts";
import { node, pod } from "../../../../operations/status/objects.ts";

export const now = new Date("2026-03-01T12:00:00Z");

const key = newSshKeyPair();
const host = (name: string, role: string, last: number, more = {}) => ({
  name,
  role,
  address: `192.168.1.${last}`,
  architecture: "arm64",
  hostKey: newSshKeyPair().publicKey,
  ...more,
});

/** Two hosts, as settings declare them. */
export const declared: Declared = parseSettings({
  stack: "pi",
  secretKeys: new Set(["grappe:sshPrivateKey"]),
  values: {
    "grappe:sshPrivateKey": key.privateKey,
    "grappe:site": JSON.stringify({
      kind: "machines",
      network: "192.168.1.0/24",
      user: "pi",
      hosts: [
        host("server-1", "server", 11),
        host("agent-1", "agent", 12, { labels: { PoP: "space_1" }, taints: [{ key: "till", effect: "NoSchedule" }] }),
      ],
    }),
    "grappe:cluster": JSON.stringify({ distribution: "kubeadm", version: "1.36.3", cni: "routed" }),
    "grappe:platform": JSON.stringify({ loadBalancer: "none" }),
  },
});

interface NodeChange {
  readonly ready?: string;
  readonly version?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
}

const ready = { status: "True", message: "kubelet is posting ready status" };

export function serverNode(change: NodeChange = {}) {
  return node.parse({
    metadata: {
      name: "server-1",
      labels: {
        "node-role.kubernetes.io/control-plane": "",
        "grappe.dev/subnet": "192.168.1.0-24",
        ...change.labels,
      },
      annotations: { "grappe.dev/etcd-snapshot": "2026-03-01T06:00:12Z etcd-a.db", ...change.annotations },
    },
    spec: change.spec ?? {},
    status: {
      conditions: [{ type: "Ready", ...ready, status: change.ready ?? "True" }],
      addresses: [{ type: "InternalIP", address: "192.168.1.11" }],
      nodeInfo: { kubeletVersion: change.version ?? "v1.36.3" },
    },
  });
}

export function agentNode(change: NodeChange = {}) {
  return node.parse({
    metadata: {
      name: "agent-1",
      labels: { "grappe.dev/subnet": "192.168.1.0-24", PoP: "space_1", ...change.labels },
      annotations: change.annotations ?? {},
    },
    spec: change.spec ?? { taints: [{ key: "till", effect: "NoSchedule" }] },
    status: {
      conditions: [{ type: "Ready", ...ready, status: change.ready ?? "True" }],
      addresses: [{ type: "InternalIP", address: "192.168.1.12" }],
      nodeInfo: { kubeletVersion: change.version ?? "v1.36.3" },
    },
  });
}

/** A pod of the calculator whose status is given. */
export function podWith(status: unknown, metadata: object = {}, spec: object = {}) {
  return pod.parse({
    metadata: { name: "calculator-1", namespace: "calculator", creationTimestamp: "2026-03-01T10:00:00Z", ...metadata },
    spec: { nodeName: "agent-1", ...spec },
    status,
  });
}

const running = {
  phase: "Running",
  conditions: [{ type: "Ready", status: "True" }],
  containerStatuses: [{ name: "calculator", restartCount: 3, state: { running: {} } }],
};

/** A cluster that is as declared, changed where a test says so. */
export function clusterFacts(change: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    server: "https://192.168.1.11:6443",
    version: { value: "v1.36.3" },
    born: { value: new Date("2026-01-01T00:00:00Z") },
    nodes: { value: [agentNode(), serverNode()] },
    pods: { value: [podWith(running)] },
    workloads: { value: [] },
    jobs: { value: [] },
    claims: { value: [] },
    services: { value: [] },
    releases: { value: [] },
    snapshots: { value: [{ name: "etcd-a.db", node: "server-1", taken: new Date("2026-03-01T06:00:12Z") }] },
    databases: { value: [] },
    failedTurn: { value: undefined },
    ...change,
  };
}

/** A stack of which all is as declared, changed where a test says so. */
export function factsWith(change: Partial<Facts> = {}): Facts {
  return {
    stack: "pi",
    commands: {
      up: "./grappe up pi",
      refresh: "./grappe refresh pi",
      recover: "./grappe recover pi",
      check: "./grappe check pi",
    },
    now,
    declared: { value: declared },
    state: { hasCluster: true, locks: [], interrupted: [], unfinished: [], namespaces: ["calculator"], releases: [] },
    cluster: clusterFacts(),
    applications: [
      {
        application: "calculator",
        address: "http://192.168.1.12:30500",
        answer: { value: { status: 404, milliseconds: 8, noRoute: false } },
      },
    ],
    certificates: [
      { of: "kubeconfig (output)", from: new Date("2026-01-01T00:00:00Z"), until: new Date("2027-01-01T00:00:00Z") },
      { of: "etcd on server-1", unanswered: "it doesn't answer" },
    ],
    ...change,
  };
}
