import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { calendarEvents } from "../../components/cluster/etcd-snapshot-schedule.ts";
import { renderInitConfig } from "../../components/cluster/kubeadm/kubeadm-config.ts";
import { cluster } from "../../components/settings/schema/cluster.ts";
import { cronExpression } from "../../components/settings/schema/cron-expression.ts";
import { certificateName } from "../../components/settings/schema/endpoint.ts";
import { labels, taint } from "../../components/settings/schema/node.ts";
import { goModules } from "../../lab/toolchain/go-modules.ts";
import { ensurePrograms } from "../../runtime/toolchain/debian-packages.ts";
import { registeredObjects } from "./registered-objects.ts";
import { programsOf, SmallApi } from "./small-api.ts";
import { workloads } from "./workload-arbitrary.ts";

const run = promisify(execFile);

let kubernetes: string;
let folder: string;
let api: SmallApi;

beforeAll(async () => {
  await ensurePrograms([{ program: "systemd-analyze", debianPackage: "systemd" }]);
  kubernetes = await programsOf(goModules.kubernetes);
  folder = await mkdtemp(join(tmpdir(), "grappe-readers-"));
  api = await SmallApi.open();
});
afterAll(async () => {
  await api?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a program says to its arguments, on whichever stream, however it ends. */
async function saidBy(program: string, ...parameters: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(program, parameters);
    return `${stdout}${stderr}`;
  } catch (error) {
    if (error instanceof Error && "stderr" in error && "stdout" in error) return `${error.stdout}${error.stderr}`;
    throw error;
  }
}

/** Texts near to what is valid: of the signs and words that mean something to a reader. */
const near = (signs: readonly string[], maxLength = 6) =>
  fc.array(fc.constantFrom(...signs), { minLength: 1, maxLength }).map((parts) => parts.join(""));

/** Only what the schema takes is asked of the reader. */
const takenBy = <T>(schema: z.ZodType<unknown, T>, values: fc.Arbitrary<T>) =>
  values.filter((value) => schema.safeParse(value).success);

const domains = [
  ...["kubernetes.io", "k8s.io", "a.k8s.io", "xkubernetes.io", "a.kubernetes.io", "node-role.kubernetes.io"],
  ...["node.kubernetes.io", "b.node.kubernetes.io", "kubelet.kubernetes.io", "topology.kubernetes.io"],
  ...["failure-domain.beta.kubernetes.io", "beta.kubernetes.io", "node-restriction.kubernetes.io", "Example.org"],
];
const names = ["zone", "region", "role", "instance-type", "hostname", "os", "arch", "control-plane", "master"];
const anyName = fc.oneof(fc.constantFrom(...names), near(["a", "B", "7", "-", ".", "_", "ä", "="]));

/** A label's or a taint's name, in a domain of Kubernetes' own, another one's, or none. */
const qualifiedName = fc
  .tuple(fc.oneof(fc.constantFrom(...domains), fc.constant(""), near(["a", "-", ".", "7", "_"])), anyName)
  .map(([domain, name]) => (domain === "" ? name : `${domain}/${name}`));

/** The kubelet reads its flags, and then looks for a file that isn't there. */
const kubelet = (...flags: readonly string[]) => saidBy(join(kubernetes, "kubelet"), "--config=/nowhere", ...flags);

describe("whatever the settings take, its reader takes", () => {
  test("a node's labels: the kubelet", async () => {
    const label = fc.dictionary(qualifiedName, near(["a", "-", ".", "_", "B7"], 4), { minKeys: 1, maxKeys: 2 });
    await fc.assert(
      fc.asyncProperty(takenBy(labels, label), async (taken) => {
        const text = Object.entries(taken).map(([key, value]) => `${key}=${value}`);
        expect(await kubelet(`--node-labels=${text.join()}`)).toContain("open /nowhere: no such file");
      }),
      { numRuns: 40 },
    );
  });

  test("a node's taints: the kubelet", async () => {
    const effect = fc.constantFrom("NoSchedule", "PreferNoSchedule", "NoExecute");
    const one = fc.record({ key: qualifiedName, value: near(["a", "-", ".", ":", "B7"], 4), effect });
    await fc.assert(
      fc.asyncProperty(takenBy(taint, one), async ({ key, value, effect }) => {
        expect(await kubelet(`--register-with-taints=${key}=${value}:${effect}`)).toContain(
          "open /nowhere: no such file",
        );
      }),
      { numRuns: 40 },
    );
  });

  test("names in the API's certificate, taints of servers: kubeadm", async () => {
    const name = near(["a", "B", "7", "-", ".", "*", "*.", ":", "::", "fd00:", "192.168.1.", "_", "%eth0"]);
    const certificateNames = fc.array(takenBy(certificateName, name), { minLength: 3, maxLength: 6 });
    const settings = cluster.parse({ distribution: "kubeadm", version: "1.36.3" });
    const node = { name: "server-1", address: "10.0.0.11", labels: {}, environment: "hardware" } as const;
    const plane = { clusterName: "grappe-test", apiAddress: "10.0.0.5", podSubnet: "10.42.1.0/24" };
    const effect = fc.constantFrom("NoSchedule" as const, "NoExecute" as const);
    const key = qualifiedName.filter((text) => taint.safeParse({ key: text, effect: "NoSchedule" }).success);
    await fc.assert(
      fc.asyncProperty(certificateNames, fc.record({ key, effect }), async (taken, one) => {
        const file = join(folder, "kubeadm.yaml");
        const token = { id: "abcdef", secret: "0123456789abcdef" };
        const control = { ...plane, settings, certificateNames: taken, environment: "hardware" as const };
        await writeFile(file, renderInitConfig(control, { ...node, taints: [one] }, token));
        expect(await saidBy(join(kubernetes, "kubeadm"), "config", "validate", "--config", file)).toMatch(/^ok$/m);
      }),
      { numRuns: 25 },
    );
  });

  test("a schedule: systemd's calendar", async () => {
    const number = fc.integer({ min: 0, max: 61 }).map(String);
    const step = fc.tuple(fc.constantFrom("*", "1-5", "0-6", "3-20"), number).map(([from, by]) => `${from}/${by}`);
    const field = fc.oneof(fc.constant("*"), number, step, fc.constantFrom("1,2", "SUN", "mon-fri", "JAN", "7", "1-5"));
    const schedule = fc.tuple(field, field, field, field, field).map((fields) => fields.join(" "));
    await fc.assert(
      fc.asyncProperty(takenBy(cronExpression, schedule), async (taken) => {
        const said = await saidBy("systemd-analyze", "calendar", ...calendarEvents(taken));
        expect(said).toContain("Next elapse: ");
        expect(said).not.toMatch(/Failed|Invalid|never/);
      }),
      { numRuns: 60 },
    );
  });

  test("an application of one's own: the API, which makes nothing of it", { timeout: 600_000 }, async () => {
    await api.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "front" } }]);
    await fc.assert(
      fc.asyncProperty(workloads, async (workload) => {
        const objects = await registeredObjects({ front: workload });
        const kinds = objects.map(({ kind }) => kind);
        expect(kinds).toContain("Deployment");
        const file = join(folder, "objects.json");
        await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
        const parameters = ["create", "--dry-run=server", "--validate=strict", "--output=name", "--filename", file];
        const said = await saidBy(api.kubectl, "--kubeconfig", api.kubeconfig, ...parameters);
        expect(said).not.toMatch(/is invalid|unknown field|Error|strict decoding|Warning: .*(duplicate|overlap)/);
        expect(
          said
            .trim()
            .split("\n")
            .filter((line) => line.includes("/")),
        ).toHaveLength(objects.length);
      }),
      { numRuns: 25 },
    );
  });
});
