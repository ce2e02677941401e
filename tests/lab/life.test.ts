import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newSshKeyPair } from "../../components/host/ssh-key-pair.ts";
import { openPortsOf } from "../../components/settings/open-ports.ts";
import { answerOf } from "../../lab/bring-up.ts";
import { crashHost, replaceHost, startHost } from "../../lab/hardware/hosts.ts";
import type { Configuration } from "../../lab/stack/lab-settings.ts";
import { isTrue, textAt } from "../../runtime/kubernetes-api/json-path.ts";
import { changed, failureOf } from "../engine-runs.ts";
import { canariesOf } from "./canaries.ts";
import { auditOf, failedControls, foreignRequest, kubeletCertificateOf } from "./cis.ts";
import { inHost, traces } from "./host-traces.ts";
import { Load } from "./load.ts";
import { answerTo, personOf, revoke } from "./own-kubeconfig.ts";
import { openPortsAt } from "./port-scan.ts";
import { ProcessWatch } from "./process-watch.ts";
import { withEdgeAt, withGreeter, withHostKey, withoutHosts } from "./settings-changes.ts";
import { statusOf } from "./status-of.ts";
import { TestLab } from "./test-lab.ts";

const name = "life";
const hosts = ["server-1", "agent-1", "agent-2"];

let lab: TestLab;
const before = new Map<string, ReadonlySet<string>>();
let watch: ProcessWatch;

beforeAll(async () => {
  lab = await TestLab.open(name);
  await lab.configure({ servers: 1, agents: 2 });
  for (const host of hosts) before.set(host, await traces(name, host));
  watch = new ProcessWatch();
});

afterAll(async () => {
  watch.stop();
  if (process.env.GRAPPE_LAB_KEEP === undefined) await lab.close();
});

async function isReady(node: string): Promise<boolean> {
  const found = await lab.api.get({ apiVersion: "v1", kind: "Node", metadata: { name: node } }).catch(() => ({}));
  return isTrue(found, "Ready");
}

async function nodes(): Promise<string[]> {
  return (await lab.api.list("v1", "Node", "", "")).map((node) => textAt(node, "metadata", "name") ?? "").toSorted();
}

async function until(seconds: number, what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + seconds * 1_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await delay(300);
  }
}

const sum = async (host: string) => `http://${await lab.clusterAddress(host)}:30500/sum?a=2&b=3`;

describe("the life of a cluster of one server and two agents", () => {
  test("the engine is killed in the middle of the bootstrap; the next up converges", async () => {
    const killed = lab.stack.run("up").then(
      () => "ended",
      () => "killed",
    );
    await until(300, "the bootstrap runs", async () =>
      lab.lines.some((line) => / working on .*bootstrap \(|created server-1-runtime/.test(line)),
    );
    await delay(4_000);
    lab.stack.command.kill();
    expect(await killed).toBe("killed");
    await lab.timed("up after a kill in the middle of the bootstrap", () => lab.up());
    expect(await nodes()).toEqual(hosts.toSorted());
    for (const host of hosts) expect(await isReady(host)).toBe(true);
  });

  test("a second up changes nothing, and takes seconds", async () => {
    expect(changed(await lab.timed("second up, nothing to do", () => lab.up()))).toEqual([]);
  });

  test("its status: all is as declared, with certificates' days and the newest snapshot's age", async () => {
    await inHost(name, "server-1", "systemctl start grappe-etcd-snapshot.service");
    const told = await lab.timed("status, all as declared", () => statusOf(name));
    expect(told.findings).toEqual([]);
    expect(told.exitCode).toBe(0);
    expect(told.nodes.map((node) => [node.name, node.state])).toEqual(
      ["server-1", "agent-1", "agent-2"].map((node) => [node, "Ready"]),
    );
    const certificates = told.certificates.map(({ of, daysLeft }) => [of, (daysLeft ?? 0) > 300]);
    const kubelets = hosts.map((node) => [`kubelet on ${node}`, true]);
    expect(certificates).toEqual(
      expect.arrayContaining([["kubeconfig (output)", true], ["etcd on server-1", true], ...kubelets]),
    );
    expect(told.newestSnapshot).toMatchObject({ node: "server-1" });
    expect(told.newestSnapshot?.ageSeconds).toBeLessThan(120);
  });

  test("the CIS benchmark: no check fails, by what runs and lies on the hosts", async () => {
    const failed = hosts.map((host) => failedControls(lab, host, host === "server-1" ? "server" : "agent"));
    expect(await Promise.all(failed)).toEqual(hosts.map(() => []));
    expect(await inHost(name, "server-1", "ls /etc/kubernetes")).not.toContain("super-admin");
    for (const host of hosts)
      expect(await kubeletCertificateOf(lab, host)).toEqual([await lab.clusterAddress(host), host].toSorted());
  });

  test("of all TCP ports a server and an agent answer at those that the docs name, and at the node ports", async () => {
    const nodePorts = [30500, 30600];
    for (const [host, role] of [
      ["server-1", "server"],
      ["agent-1", "agent"],
    ] as const) {
      const address = await lab.clusterAddress(host);
      const open = await lab.timed(`all ports of ${host} tried`, () => openPortsAt(address));
      expect(open, host).toEqual([...openPortsOf(role), ...nodePorts]);
    }
  });

  test("a kubelet gets no certificate for another's address", async () => {
    const address = await lab.clusterAddress("agent-1");
    const metadata = { name: await foreignRequest(lab, "agent-1", `DNS:agent-1,IP:${address},IP:192.0.2.1`) };
    await inHost(name, "server-1", "systemctl start grappe-approve-kubelets.service");
    const request = { apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest", metadata };
    expect(await lab.api.get(request)).toMatchObject({ spec: { username: "system:node:agent-1" }, status: {} });
    expect(await lab.api.get(request)).not.toMatchObject({ status: { conditions: expect.anything() } });
    await lab.api.delete(request, "Background");
  });

  test("the audit log tells who changed what, and no Secret's content", async () => {
    const content = "audited-0123456789-content";
    const metadata = { name: "audited", namespace: "default" };
    const secret = { apiVersion: "v1", kind: "Secret", metadata, stringData: { content } };
    await lab.api.create(secret, {});
    await lab.api.delete(secret, "Background");
    const { events, unanswered } = await lab.timed("audit log of the last hour", () => auditOf(name));
    expect(unanswered).toEqual([]);
    const own = events.filter(({ what }) => what === "secrets default/audited");
    expect(own.map(({ who, did, answer }) => [who, did, answer])).toEqual([
      ["kubernetes-admin", "create", 201],
      ["kubernetes-admin", "delete", 200],
    ]);
    const found = await inHost(name, "server-1", `grep -c '"secrets".*audited' /var/log/grappe/audit/audit.log`);
    expect(Number(found)).toBeGreaterThan(1);
    expect(await inHost(name, "server-1", `grep -rl '${content}' /var/log/grappe || true`)).toBe("");
  });

  test("a person's own kubeconfig lets them in as far as their role, by their name, until it is taken back", async () => {
    const anna = await lab.timed("kubeconfig of one's own", () => personOf(name, "anna", "view"));
    const pods = "/api/v1/namespaces/calculator/pods";
    expect(await answerTo(anna, "GET", pods)).toBe(200);
    expect(await answerTo(anna, "GET", "/api/v1/secrets")).toBe(403);
    expect(await answerTo(anna, "DELETE", pods)).toBe(403);
    await revoke(name, "anna");
    await until(10, "anna may nothing", async () => (await answerTo(anna, "GET", pods)) === 403);
    const { events } = await auditOf(name);
    expect(events.filter(({ who }) => who === "anna").map(({ did, answer }) => [did, answer])).toEqual([
      ["deletecollection", 403],
    ]);
  });

  test("the calculator answers through every node, and refuses what is no sum", async () => {
    await lab.timed("calculator through every node", async () => {
      for (const host of hosts) {
        expect(JSON.parse(await answerOf(await sum(host), 30))).toMatchObject({ result: 5 });
      }
    });
    const base = (await sum("agent-1")).replace(/\/sum.*/, "");
    for (const query of ["/div?a=1&b=0", "/sum?a=1", "/mul?a=x&b=2"]) {
      const response = await fetch(`${base}${query}`);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(await response.json()).toHaveProperty("error");
    }
  });

  test("the edge app moves by one setting; an application that only the settings know comes up, and answers", async () => {
    const changes = (configuration: Configuration) => withGreeter(30700)(withEdgeAt("space_2")(configuration));
    await lab.configure({ servers: 1, agents: 2 }, changes);
    await lab.timed("edge app moved to other nodes, a declared one added", () => lab.up());
    const greeter = `http://${await lab.clusterAddress("agent-1")}:30700`;
    expect(await (await fetch(greeter)).text()).toBe("Hello, world24");
    const pods = await lab.api.list("v1", "Pod", "edge", "");
    const running = pods.filter((pod) => textAt(pod, "metadata", "deletionTimestamp") === undefined);
    expect(new Set(running.map((pod) => textAt(pod, "spec", "nodeName")))).toEqual(new Set(["agent-2"]));
  });

  test("a host with another key than the pinned one stops the run before anything is done on it", async () => {
    await lab.configure({ servers: 1, agents: 3 }, withHostKey("agent-3", newSshKeyPair().publicKey));
    before.set("agent-3", await traces(name, "agent-3"));
    const failure = await lab.timed("run stopped by a changed host key", () => failureOf(lab.stack.run("up")));
    expect(failure).toMatch(/host key/i);
    expect([...(await traces(name, "agent-3"))].filter((trace) => !before.get("agent-3")?.has(trace))).toEqual([]);
    expect(await nodes()).toEqual(hosts.toSorted());
  });

  test("an agent is added; nothing else is touched", async () => {
    await lab.configure({ servers: 1, agents: 3 });
    await lab.timed("agent added", () => lab.up());
    expect(await isReady("agent-3")).toBe(true);
  });

  test("an agent is removed under load; no request fails", async () => {
    const load = new Load(await sum("server-1"));
    await delay(1_000);
    await lab.configure({ servers: 1, agents: 3 }, withoutHosts("agent-1"));
    await lab.timed("agent drained and removed", () => lab.up());
    await load.stop();
    expect(load.requests).toBeGreaterThan(50);
    expect(load.failures).toEqual([]);
    expect(await nodes()).toEqual(["agent-2", "agent-3", "server-1"]);
    expect([...(await traces(name, "agent-1"))].filter((trace) => !before.get("agent-1")?.has(trace))).toEqual([]);
  });

  test("a host that is stopped hard comes back by itself", async () => {
    await crashHost(name, "agent-2");
    const told = await lab.timed("status, a host is off", () => statusOf(name));
    expect(told.exitCode).toBe(1);
    const calculator = `calculator at http://${await lab.clusterAddress("agent-2")}:30500`;
    expect(told.findings.map(({ about }) => about)).toContain(calculator);
    await lab.timed("host back after a power cut", async () => {
      await startHost(name, "agent-2");
      await until(180, "agent-2 is Ready", () => isReady("agent-2"));
      await answerOf(await sum("agent-2"), 60);
    });
  });

  test("a host is replaced by a new machine of the same name; nothing else is touched", async () => {
    const spec = { lab: name, hosts: ["agent-2"], authorizedKey: lab.stack.folder.sshKey.publicKey };
    await replaceHost(spec, "agent-2");
    await lab.configure({ servers: 1, agents: 3 }, withoutHosts("agent-1"));
    const begun = lab.lines.length;
    await lab.timed("host replaced by a new machine", () => lab.up());
    const others = lab.lines
      .slice(begun)
      .filter((line) =>
        /(created|updated|replaced|anew|deleted|old) (server-1|agent-3)-(?!admission|drain|membership)/.test(line),
      );
    expect(others).toEqual([]);
    expect(await isReady("agent-2")).toBe(true);
  });

  test("no secret is anywhere but in its own place", async () => {
    const canaries = await canariesOf(lab);
    const { backend, passphrase } = lab.stack.folder;
    const seen = watch.stop();
    // The engine gets the passphrase by its environment: Pulumi knows no other way without a terminal or a file.
    const mayHave = (process: string, text: string) => text === passphrase && process.startsWith("environ");
    const states = readdirSync(backend, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const leaks: string[] = [];
    for (const { what, text, ownFiles } of canaries) {
      if (seen.some((process) => process.includes(text) && !mayHave(process, text))) leaks.push(`${what}: a process`);
      if (lab.stack.command.transcript.some((output) => output.includes(text))) leaks.push(`${what}: the log`);
      leaks.push(
        ...states.filter((file) => readFileSync(file, "utf8").includes(text)).map((file) => `${what}: ${file}`),
      );
      for (const host of ["server-1", "agent-2", "agent-3"]) {
        const search = `grep -rlF --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev -e '${text}' / 2>/dev/null || true`;
        const files = (await inHost(name, host, search)).split("\n").filter((file) => file !== "");
        const foreign = files.filter((file) => !ownFiles.some((own) => own.test(file)));
        leaks.push(...foreign.map((file) => `${what}: ${host}:${file}`));
        if (host === "server-1" && ownFiles.length > 0) expect(files).not.toEqual([]);
      }
    }
    expect(leaks).toEqual([]);
  });

  test("destroy leaves nothing behind, of a unit that is at work, either", async () => {
    await inHost(
      name,
      "server-1",
      "systemd-run --quiet --no-block --unit=grappe-at-work --property=Type=oneshot sleep 600",
    );
    await lab.timed("destroy", () => lab.stack.run("destroy"));
    expect(await statusOf(name)).toMatchObject({ exitCode: 1, findings: [{ problem: "the stack's state has none" }] });
    const fresh = before.get("agent-1") ?? new Set();
    for (const host of ["server-1", "agent-3"]) {
      const known = before.get(host) ?? fresh;
      expect([...(await traces(name, host))].filter((trace) => !known.has(trace))).toEqual([]);
    }
  });
});
