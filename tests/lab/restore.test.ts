import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repository } from "../../lab/stack/lab-folder.ts";
import { isTrue, textAt } from "../../runtime/kubernetes-api/json-path.ts";
import { run } from "../../runtime/subprocess.ts";
import { changed } from "../engine-runs.ts";
import { inHost, traces } from "./host-traces.ts";
import { Load } from "./load.ts";
import { statusOf } from "./status-of.ts";
import { TestLab } from "./test-lab.ts";

const name = "lost";
const size = { servers: 3, agents: 1 };
const all = ["agent-1", "server-1", "server-2", "server-3"];
const grappe = join(repository, "grappe");

const before = new Map<string, ReadonlySet<string>>();
let lab: TestLab;
let load: Load;

beforeAll(async () => {
  lab = await TestLab.open(name);
  await lab.configure(size);
  for (const host of all) before.set(host, await traces(name, host));
  await lab.timed("three servers and an agent, to be restored", () => lab.up());
});

afterAll(async () => {
  await load?.stop();
  if (process.env.GRAPPE_LAB_KEEP === undefined) await lab.close();
});

async function restore(...options: readonly string[]) {
  const { code, stdout, stderr } = await run([grappe, "restore", "--lab", name, ...options], {
    allowedCodes: [0, 1, 2],
  });
  process.stdout.write(`${stdout}${stderr}`);
  return { code, text: `${stdout}${stderr}` };
}

/** A restore whose process is killed once it has said this. */
async function killedRestore(words: string): Promise<void> {
  const child = spawn(grappe, ["restore", "--lab", name, "--yes"], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk);
    if (said.includes(words) && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  });
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");
}

const kubectl = "kubectl --kubeconfig=/etc/kubernetes/admin.conf --server=https://127.0.0.1:6443";
const keep = (note: string) => inHost(name, "server-1", `${kubectl} create configmap ${note}`);

async function notes(): Promise<string[]> {
  const found = await inHost(name, "server-1", `${kubectl} get configmaps -o name`);
  return found.split("\n").filter((line) => /note-/.test(line));
}

async function readyNodes(): Promise<string[]> {
  const nodes = await lab.api.list("v1", "Node", "", "");
  return nodes.filter((node) => isTrue(node, "Ready")).map((node) => textAt(node, "metadata", "name") ?? "");
}

const podsStarted = async () =>
  (await lab.api.list("v1", "Pod", "calculator", ""))
    .map((pod) => `${textAt(pod, "metadata", "name")} ${textAt(pod, "status", "startTime")}`)
    .toSorted();

/**
 * What a disk's end does to a member: its data goes while it runs, and it can't start again. (With an empty folder one may: it joins its
 * former cluster with nothing, if its manifest names all members.)
 */
const loseData = "rm -rf /var/lib/etcd/member; touch /var/lib/etcd/member; kill -KILL $(pgrep -x etcd)";

/** Most servers lose etcd's data, and the API is gone. */
async function loseMajority(): Promise<void> {
  for (const host of ["server-2", "server-3"]) await inHost(name, host, loseData);
  const ready = () => inHost(name, "server-1", `${kubectl} get --raw /readyz`).catch(() => "down");
  await expect.poll(ready, { timeout: 120_000, interval: 1_000 }).toBe("down");
}

describe("etcd lost on two of three servers", () => {
  let pods: readonly string[] = [];

  test("a cluster that lives isn't overwritten", async () => {
    await keep("note-before");
    await inHost(name, "server-1", "systemctl start grappe-etcd-snapshot.service");
    await keep("note-after");
    const { code, text } = await restore("--yes");
    expect(code).toBe(2);
    expect(text).toMatch(/The Kubernetes API of server-1 answers.*Nothing was changed\. Fix: .*--overwrite-living/);
    pods = await podsStarted();
    expect(pods.length).toBeGreaterThan(0);
    load = new Load(`http://${await lab.clusterAddress("agent-1")}:30500/sum?a=2&b=3`);
  });

  test("what a restore would do is shown, and nothing is done without a yes", async () => {
    await loseMajority();
    const { code, text } = await restore();
    expect(code).toBe(1);
    expect(text).toMatch(/server-2: its Kubernetes API doesn't answer, etcd has no data there/);
    expect(text).toMatch(/etcd-server-1-\S+\.db goes to server-1, .* \(hash [0-9a-f]+, revision \d+, \d+ keys\)/);
    expect(text).toMatch(/Nobody can be asked here/);
    expect(await inHost(name, "server-1", "ls /etc/kubernetes/manifests")).toContain("etcd.yaml");
  });

  test("a restore that is killed goes on: the cluster is what it was, and its pods ran on", async () => {
    await killedRestore("gets the snapshot");
    const { code, text } = await lab.timed("restore after a kill, two of three etcds lost", () => restore("--yes"));
    expect(text).toMatch(/Goes on with the restore/);
    expect(text).toMatch(/etcd is restored: server-1, server-2, server-3 are its members\./);
    expect(code).toBe(0);
    expect(await notes()).toEqual(["configmap/note-before"]);
    await expect.poll(async () => (await readyNodes()).toSorted(), { timeout: 120_000, interval: 2_000 }).toEqual(all);
    expect(await podsStarted()).toEqual(pods);
  });

  test("the next up changes nothing, and all is as declared", async () => {
    expect(changed(await lab.timed("up after the restore", () => lab.up()))).toEqual([]);
    expect((await statusOf(name)).findings).toEqual([]);
    await load.stop();
    process.stdout.write(
      `${load.requests} requests, failed: ${load.failures.length}\n${load.failures.slice(0, 20).join("\n")}\n`,
    );
    expect(load.requests).toBeGreaterThan(1_000);
    expect(load.failures).toEqual([]);
  });

  test("each server's etcd can be lost again, as all are voters", async () => {
    await inHost(
      name,
      "server-1",
      "mv /etc/kubernetes/manifests/etcd.yaml /root/; until ! pgrep -x etcd; do sleep 0.2; done",
    );
    const config = "--kubeconfig=/etc/kubernetes/admin.conf --server=https://127.0.0.1:6443";
    await expect
      .poll(() => inHost(name, "server-3", `kubectl ${config} create configmap note-again -o name`).catch(() => ""), {
        timeout: 60_000,
        interval: 2_000,
      })
      .toMatch(/note-again/);
    await inHost(name, "server-1", "mv /root/etcd.yaml /etc/kubernetes/manifests/");
    const note = () => inHost(name, "server-1", `${kubectl} get configmap note-again -o name`).catch(() => "");
    await expect.poll(note, { timeout: 120_000, interval: 2_000 }).toMatch(/note-again/);
  });

  test("a server's own data brings back what no snapshot has", async () => {
    await loseMajority();
    const { code, text } = await lab.timed("restore of a server's own data", () =>
      restore("--snapshot", "data-of-server-1", "--yes"),
    );
    expect(text).toMatch(/etcd is restored: /);
    expect(code).toBe(0);
    expect(await notes()).toEqual(["configmap/note-again", "configmap/note-before"]);
    expect(changed(await lab.up())).toEqual([]);
  });

  test("destroy leaves nothing behind, what was put aside neither", async () => {
    await lab.timed("restored cluster destroyed", () => lab.stack.run("destroy"));
    for (const [host, known] of before) {
      const left = [...(await traces(name, host))].filter((trace) => !known.has(trace));
      expect(left.map((trace) => `${host}: ${trace}`)).toEqual([]);
    }
  });
});
