import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { replaceHost } from "../../lab/hardware/hosts.ts";
import { isTrue, textAt } from "../../runtime/kubernetes-api/json-path.ts";
import { changed, failureOf } from "../engine-runs.ts";
import { inHost, traces } from "./host-traces.ts";
import { withoutHosts } from "./settings-changes.ts";
import { TestLab } from "./test-lab.ts";

const name = "ha";
const size = { servers: 3, agents: 1 };
const all = ["agent-1", "server-1", "server-2", "server-3"];

/** Names of etcd's members, as etcd itself says. */
const etcdMembers = `
etcd=$(pgrep --exact etcd)
container=$(grep -o '[0-9a-f]\\{64\\}' "/proc/$etcd/cgroup" | head -1)
ctr --namespace k8s.io task exec --exec-id asked-by-test "$container" etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt \\
  --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key member list | awk -F ', ' '{ print $3 }'
`;

const before = new Map<string, ReadonlySet<string>>();
let lab: TestLab;

beforeAll(async () => {
  lab = await TestLab.open(name);
  await lab.configure(size);
  for (const host of all) before.set(host, await traces(name, host));
});

afterAll(async () => {
  if (process.env.GRAPPE_LAB_KEEP === undefined) await lab.close();
});

async function readyNodes(): Promise<string[]> {
  const nodes = await lab.api.list("v1", "Node", "", "");
  return nodes
    .filter((node) => isTrue(node, "Ready"))
    .map((node) => textAt(node, "metadata", "name") ?? "")
    .toSorted();
}

/** The longest time without an answer from the API's one address while work goes on, in seconds. */
async function longestSilence(work: () => Promise<unknown>): Promise<number> {
  const { api } = lab;
  let isRunning = true;
  let longest = 0;
  let last = performance.now();
  const asking = (async () => {
    while (isRunning) {
      await api.version(1_000).then(
        () => {
          longest = Math.max(longest, performance.now() - last);
          last = performance.now();
        },
        () => undefined,
      );
      await delay(100);
    }
    longest = Math.max(longest, performance.now() - last);
  })();
  try {
    await work();
  } finally {
    isRunning = false;
    await asking;
  }
  return longest / 1_000;
}

describe("the life of a cluster of three servers", () => {
  test("it comes up, and a second up changes nothing", async () => {
    await lab.timed("three servers and an agent from nothing", () => lab.up());
    expect(await readyNodes()).toEqual(all);
    expect(changed(await lab.timed("second up of three servers", () => lab.up()))).toEqual([]);
  });

  test("two servers are refused, and nothing is touched", async () => {
    await lab.configure(size, withoutHosts("server-1"));
    expect(await failureOf(lab.stack.run("up"))).toMatch(/grappe:site/);
    expect(await readyNodes()).toEqual(all);
  });

  test("the first server is replaced by a new machine, and the API stays up", async () => {
    const spec = { lab: name, hosts: ["server-1"], authorizedKey: lab.stack.folder.sshKey.publicKey };
    const silence = await longestSilence(async () => {
      await replaceHost(spec, "server-1");
      await lab.configure(size);
      await lab.timed("first server replaced", () => lab.up());
    });
    expect(await readyNodes()).toEqual(all);
    process.stdout.write(`longest time without an answer of the API: ${silence.toFixed(1)} s\n`);
    expect(silence).toBeLessThan(30);
  });

  test("the first server is removed for another one, and the API stays up", async () => {
    const silence = await longestSilence(async () => {
      await lab.configure({ servers: 4, agents: 1 }, withoutHosts("server-1"));
      before.set("server-4", await traces(name, "server-4"));
      await lab.timed("first server removed, a fourth one in its place", () => lab.up());
    });
    expect(await readyNodes()).toEqual(["agent-1", "server-2", "server-3", "server-4"]);
    const members = await inHost(name, "server-2", etcdMembers);
    expect(
      members
        .split("\n")
        .filter((member) => member !== "")
        .toSorted(),
    ).toEqual(["server-2", "server-3", "server-4"]);
    process.stdout.write(`longest time without an answer of the API: ${silence.toFixed(1)} s\n`);
    expect(silence).toBeLessThan(30);
    expect(changed(await lab.up())).toEqual([]);
  });

  test("destroy leaves nothing behind", async () => {
    await lab.timed("three servers and an agent destroyed", () => lab.stack.run("destroy"));
    for (const [host, known] of before) {
      const left = [...(await traces(name, host))].filter((trace) => !known.has(trace));
      expect(left.map((trace) => `${host}: ${trace}`)).toEqual([]);
    }
  });
});
