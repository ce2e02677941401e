import { expect, test } from "vitest";
import { shellAssignments } from "../../../../components/host/shell-assignments.ts";
import { clusterHosts } from "../../../../operations/restore/cluster-hosts.ts";
import { parseDeployment } from "../../../../runtime/state/deployment.ts";

/** As `pulumi stack export --show-secrets` writes it. */
const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

const connection = (number: number) => ({
  host: `192.168.1.1${number}`,
  port: 2222,
  user: "grappe",
  privateKey: "the key",
  hostKey: `ssh-ed25519 AAAA${number}`,
  dialErrorLimit: 60,
  perDialTimeout: 15,
});

const step = (name: string, inputs: unknown, more: object = {}) => ({
  urn: `urn:pulumi:pi::grappe::grappe:cluster$command:remote:Command::${name}`,
  type: "command:remote:Command",
  inputs,
  ...more,
});

const stdin = (nodeName: string, more: Readonly<Record<string, string>> = {}) =>
  shellAssignments({ distribution: "kubeadm", nodeName, ...more });

const state = {
  resources: [
    step("pi-1-server", {
      connection: secret(connection(1)),
      stdin: secret(stdin("pi-1", { nodeAddress: "10.0.0.1", joinConfig: "it's\nlong" })),
    }),
    step("pi-2-server", {
      connection: { ...connection(2), privateKey: secret("the key"), proxy: { ...connection(9), dialErrorLimit: 60 } },
      stdin: secret(stdin("pi-2", { nodeAddress: "10.0.0.2" })),
    }),
    step("pi-4-agent", { connection: secret(connection(4)), stdin: secret(stdin("pi-4")) }),
    // Of another machine before, whose replacement was cut off.
    step("pi-5-agent", { connection: secret(connection(5)), stdin: secret(stdin("pi-5")) }, { delete: true }),
    // A step whose name only ends so.
    step("edge-server", { connection: secret(connection(6)), stdin: "" }),
    step("pi-1-membership", { connection: secret(connection(1)), stdin: stdin("pi-1") }),
    { urn: "urn:pulumi:pi::grappe::random:index/randomPassword:RandomPassword::a-server", type: "random", inputs: {} },
  ],
};

test("the cluster's machines are those that a step made nodes, as they were reached then", () => {
  const hosts = clusterHosts(parseDeployment(state));
  expect(hosts.map(({ name, role, privateAddress }) => [name, role, privateAddress])).toEqual([
    ["pi-1", "server", "10.0.0.1"],
    ["pi-2", "server", "10.0.0.2"],
    ["pi-4", "agent", ""],
  ]);
  const hop = (number: number) => ({
    address: `192.168.1.1${number}`,
    port: 2222,
    user: "grappe",
    privateKey: "the key",
    hostKey: `ssh-ed25519 AAAA${number}`,
  });
  expect(hosts.map(({ hops }) => hops)).toEqual([[hop(1)], [hop(9), hop(2)], [hop(4)]]);
});

test("a state without a cluster has none", () => {
  expect(clusterHosts(parseDeployment({}))).toEqual([]);
});
