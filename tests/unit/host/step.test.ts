import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, test } from "vitest";
import { frameAnswer } from "../../../components/host/answer.ts";
import type { Host } from "../../../components/host/host.ts";
import { prepareHosts } from "../../../components/host/preparation/preparation.ts";
import { runOnHost } from "../../../components/host/step.ts";
import { letMocksTakeHooks } from "../hooks-under-mocks.ts";
import { host } from "./host-fixture.ts";

letMocksTakeHooks();

const facts = (machineId: string) => ({
  hostname: "raspberrypi",
  machineId,
  operatingSystem: "debian 12",
  raspberryPi: true,
  architecture: "arm64",
  kernel: "6.6",
  pageSize: 4096,
  cgroupVersion: 2,
  cgroupMemory: false,
  interfaceName: "eth0",
  bootId: "x",
  memoryMebibytes: 4000,
  freeDiskMebibytes: 9000,
  warnings: [],
});

interface Registration {
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const registered: Registration[] = [];
const machineIds = new Map<string, string>();
/** What a second look finds, by host; nothing where none is expected. */
const foundAgain = new Map<string, string>();
const secondLooks: string[] = [];

beforeEach(async () => {
  registered.length = 0;
  machineIds.clear();
  foundAgain.clear();
  secondLooks.length = 0;
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      registered.push({ name, inputs });
      const host = name.replace(/-preflight$/, "");
      const stdout = host === name ? "ready" : JSON.stringify(facts(machineIds.get(host) ?? ""));
      return { id: name, state: { ...inputs, stdout } };
    },
    call: ({ token, inputs }) => {
      if (token !== "command:local:run") return {};
      const { name } = JSON.parse(String(inputs.stdin));
      secondLooks.push(name);
      return { stdout: frameAnswer(JSON.stringify(facts(foundAgain.get(name) ?? ""))), stderr: "" };
    },
  });
});

const settled = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

describe("a step", () => {
  const text = "#!/usr/bin/env bash\n# grappe-step: demo\n";
  const script = { kind: "demo", text, path: "host/demo.sh", sha256: "0123456789abcdef0123" };

  test("is replaced by another machine, run again by another value, and logs its stderr alone", async () => {
    const step = runOnHost("pi-1-demo", { host: host("pi-1"), script, values: { port: "1" } }, {});
    await settled(step.urn);
    expect(registered[0]?.inputs).toMatchObject({
      triggers: ["machine-pi-1"],
      stdin: "port='1'\n",
      logging: "stderr",
      addPreviousOutputInEnv: false,
    });
    expect(registered[0]?.inputs).not.toHaveProperty("delete");
    expect(await pulumi.isSecret(pulumi.output(step.stdin))).toBe(false);
  });

  test("with a secret hides its whole stdin", async () => {
    const secrets = { token: pulumi.secret("canary") };
    const step = runOnHost("pi-1-demo", { host: host("pi-1"), script, values: { port: "1" }, secrets }, {});
    await settled(step.urn);
    expect(await pulumi.isSecret(pulumi.output(step.stdin))).toBe(true);
    expect(JSON.stringify({ ...registered[0]?.inputs, stdin: "" })).not.toContain("canary");
  });
});

describe("preparing hosts", () => {
  const args = (hosts: readonly Host[]) => ({
    hosts,
    etcdDisk: { maxFdatasyncMilliseconds: 10, allowSlow: false },
    nodePorts: [],
    virtualAddresses: [],
    needs: () => ({ packages: ["socat", "conntrack"], ports: [6443, 10250] }),
  });

  test("checks all, then prepares, then reboots what asks for it", async () => {
    machineIds.set("pi-1", "1".repeat(32)).set("pi-2", "2".repeat(32));
    const prepared = prepareHosts(args([host("pi-1"), host("pi-2")]), {});
    for (const { prepared: last } of prepared) await settled(last.urn);
    const names = registered.map(({ name }) => name);
    const steps = ["booted", "preflight", "prepare", "reboot"];
    expect(names.toSorted()).toEqual([
      "local-network",
      "machines",
      ...["pi-1", "pi-2"].flatMap((name) => steps.map((step) => `${name}-${step}`)),
    ]);
    const firstPrepare = Math.min(names.indexOf("pi-1-prepare"), names.indexOf("pi-2-prepare"));
    expect(names.slice(0, firstPrepare).toSorted()).toEqual([
      "local-network",
      "machines",
      "pi-1-preflight",
      "pi-2-preflight",
    ]);
    const stdin = registered.find(({ name }) => name === "pi-1-prepare")?.inputs.stdin;
    expect(stdin).toContain("packages='conntrack socat'\n");
  });

  const [one, two] = ["1".repeat(32), "2".repeat(32)];

  test("machines that were refused are looked at again: what an earlier run found may be mended since", async () => {
    machineIds.set("pi-1", one).set("pi-2", one).set("pi-3", two);
    foundAgain.set("pi-1", one).set("pi-2", "3".repeat(32));
    const prepared = prepareHosts(args([host("pi-1"), host("pi-2"), host("pi-3")]), {});
    for (const { prepared: last } of prepared) await settled(last.urn);
    expect(secondLooks.toSorted()).toEqual(["pi-1", "pi-2"]);
    const machines = registered.find(({ name }) => name === "machines")?.inputs.input;
    expect(machines).toMatchObject([{ machineId: one }, { machineId: "3".repeat(32) }, { machineId: two }]);
  });

  test("a container is not rebooted", async () => {
    machineIds.set("a", "1".repeat(32));
    const [only] = prepareHosts(args([host("a", { environment: "container" })]), {});
    if (only === undefined) throw new Error("no host");
    await settled(only.prepared.urn);
    expect(registered.map(({ name }) => name)).toEqual(["a-preflight", "machines", "a-prepare"]);
  });
});
