import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AnswerForm, readAnswer } from "../../components/host/answer.ts";
import { connect, execute, type SshTarget } from "../../components/host/cleanup/ssh-connection.ts";
import { hostFactsAnswer, hostFactsForm } from "../../components/host/preflight/host-facts.ts";
import { preflightValues } from "../../components/host/preflight/preflight.ts";
import { loadScript } from "../../components/host/script.ts";
import { shellAssignments } from "../../components/host/shell-assignments.ts";
import { newSshKeyPair } from "../../components/host/ssh-key-pair.ts";
import { type StepRun, sentCommand } from "../../components/host/step-command.ts";
import { defaultNetworks } from "../../lab/hardware/addresses.ts";
import { createHosts, type LabHost, labUser, removeHosts } from "../../lab/hardware/hosts.ts";
import { serveTime } from "../../lab/hardware/own-kernel/time-server.ts";
import { timedInto } from "../engine-runs.ts";

/** Each instruction is computed, and what else runs on the computer goes first: minutes, not seconds. */
const patience = 3_600_000;
const lab = "arm64";
const name = "pi";
const networks = defaultNetworks(lab);
const flags = "cgroup_memory=1 cgroup_enable=memory";
const timed = timedInto(process.env.GRAPPE_LAB_SECONDS);
const key = newSshKeyPair();
const packages = ["containerd", "conntrack", "socat", "ethtool", "iptables", "curl", "openssl"];

let pi: LabHost;
let target: SshTarget;
let stopTime: (() => void) | undefined;
let firstBoot: string;

/** A command's code and what it said, over SSH with the pinned key. */
async function said(command: string, input = ""): Promise<{ readonly code: number; readonly output: string }> {
  const result = await connect(target, 300_000);
  if ("failure" in result) throw new Error(`${result.failure.kind}: ${result.failure.reason}`);
  try {
    return await execute(result.client, command, input);
  } finally {
    result.client.end();
  }
}

async function onPi(command: string, input?: string): Promise<string> {
  const { code, output } = await said(command, input);
  if (code !== 0) throw new Error(`${command}: ${output}`);
  return output.trim();
}

const scriptOf = (folder: "preflight" | "preparation", file: string) =>
  loadScript(new URL(`../../components/host/${folder}/preparation.ts`, import.meta.url).href, file);

const steps = {
  preflight: scriptOf("preflight", "./preflight.sh"),
  prepare: scriptOf("preparation", "./prepare.sh"),
  reboot: scriptOf("preparation", "./reboot.sh"),
  booted: scriptOf("preparation", "./await-reboot.sh"),
};

/** Runs a step of the program as `up` does, with its deadlines. */
function step(kind: keyof typeof steps, values: Record<string, string>, run: Omit<StepRun, "name">) {
  return said(sentCommand(steps[kind], { name: `${name}-${kind}`, ...run }), shellAssignments(values));
}

async function answered(...[kind, values, run]: Parameters<typeof step>): Promise<string> {
  const { code, output } = await step(kind, values, run);
  expect(code, output).toBe(0);
  return output;
}

const preflight = (architecture: "amd64" | "arm64") => {
  const plan = { name, role: "agent", architecture, environment: "hardware" } as const;
  const host = { ...plan, privateAddress: pi.clusterAddress, subnet: networks.cluster.subnet };
  const values = preflightValues({
    host,
    etcdDisk: { maxFdatasyncMilliseconds: 10, allowSlow: false },
    ports: [10250],
    packages,
    imageArchives: [],
  });
  return step("preflight", values, { deadlineSeconds: 420, detached: false, answer: hostFactsForm });
};

const prepared: AnswerForm = { pattern: /^(ready|reboot-after [0-9a-f-]{36})$/ };

async function prepare(): Promise<string> {
  const values = {
    name,
    environment: "hardware",
    privateAddress: pi.clusterAddress,
    packages: packages.join(" "),
    kernelModules: "overlay br_netfilter",
  };
  const output = await answered("prepare", values, { deadlineSeconds: 1200, detached: true, answer: prepared });
  return /^(ready|reboot-after \S+)$/m.exec(output)?.[0] ?? output;
}

async function reboot(outcome: string): Promise<string> {
  const answer: AnswerForm = { pattern: /^(none|[0-9a-f-]{36})$/ };
  const output = await answered("reboot", { outcome }, { deadlineSeconds: 60, detached: false, answer });
  return /^(none|[0-9a-f-]{36})$/m.exec(output)?.[0] ?? output;
}

const bootId = () => onPi("cat /proc/sys/kernel/random/boot_id");
const controllers = () => onPi("cat /sys/fs/cgroup/cgroup.controllers");

/** All that the preparation may write, by its content. */
const files = () =>
  onPi("sudo find /etc /boot/firmware /var/lib/grappe -type f ! -name '*.lock' -exec sha256sum {} + | sort --key 2");

beforeAll(async () => {
  await removeHosts(lab);
  const made = await timed("an emulated arm64 machine, from nothing to SSH", () =>
    createHosts({ lab, hosts: [name], authorizedKey: key.publicKey, emulated: { [name]: 1024 } }),
  );
  const [host] = made.hosts;
  if (host === undefined) throw new Error("no host");
  pi = host;
  const { adminAddress: address, hostKey } = host;
  target = { address, port: 22, user: labUser, privateKey: key.privateKey, hostKey };
  stopTime = await serveTime(networks.admin.gateway);
}, patience);

afterAll(async () => {
  stopTime?.();
  if (process.env.GRAPPE_LAB_KEEP === undefined) await removeHosts(lab);
}, patience);

describe("a machine of arm64", { timeout: patience }, () => {
  test("is a Pi that nobody has prepared: no memory cgroup, swap on, no br_netfilter, the clock of another year", async () => {
    expect(await onPi("uname -m; dpkg --print-architecture")).toBe("aarch64\narm64");
    await onPi(`sudo sh -euc '
      fallocate --length 64M /var/swap && chmod 0600 /var/swap && mkswap --quiet /var/swap
      echo "/var/swap none swap sw 0 0" >> /etc/fstab
      swapon --all
      timedatectl set-ntp false
      date --set "2020-01-01 12:00:00"'`);
    firstBoot = await bootId();
    expect(await onPi("tail -n +2 /proc/swaps")).toContain("/var/swap");
    expect(await controllers()).not.toContain("memory");
    expect(await onPi("cat /proc/modules")).not.toMatch(/^br_netfilter /m);
    expect(await onPi("findmnt --noheadings --output FSTYPE /boot/firmware")).toBe("vfat");
  });

  test("is refused where the settings say another architecture", async () => {
    const { code, output } = await preflight("amd64");
    expect(code).toBe(1);
    expect(output).toContain("is arm64, the settings say amd64");
    expect(output).toContain("fix: set the host's architecture: arm64");
  });

  test("preflight finds what it is", async () => {
    const { code, output } = await timed("preflight, emulated arm64", () => preflight("arm64"));
    expect(code, output).toBe(0);
    const facts = readAnswer({ host: name, step: "preflight" }, output, hostFactsAnswer);
    expect(facts).toMatchObject({
      hostname: name,
      machineId: pi.machineId,
      operatingSystem: "debian 13",
      raspberryPi: true,
      architecture: "arm64",
      pageSize: 4096,
      cgroupVersion: 2,
      cgroupMemory: false,
      interfaceName: "eth1",
      bootId: firstBoot,
    });
    expect(facts.kernel).toMatch(/-arm64$/);
    expect(facts.warnings.join("\n")).toMatch(/swap is on[\s\S]*the clock says 2020-01-01/);
  });

  test("preparation asks for a reboot, and it happens once, to a kernel with the memory cgroup", async () => {
    const outcome = await timed("preparation, emulated arm64", prepare);
    expect(outcome).toBe(`reboot-after ${firstBoot}`);
    expect(await onPi("cat /boot/firmware/cmdline.txt")).toBe(
      `console=ttyAMA0 root=/dev/vda rw rootwait net.ifnames=0 ${flags}`,
    );
    expect(await reboot(outcome)).toBe(firstBoot);
    await timed("reboot, emulated arm64, until the next step is done", async () => {
      await until(async () => (await bootId()) !== firstBoot);
      await answered("booted", { formerBoot: firstBoot }, { deadlineSeconds: 300, detached: false });
    });
    expect(await onPi("cat /proc/cmdline")).toContain(flags);
    expect(await controllers()).toContain("memory");
    expect(await reboot(outcome)).toBe("none");
  });

  test("swap is off; modules, parameters and the clock are what Kubernetes needs, also after the reboot", async () => {
    expect(await onPi("tail -n +2 /proc/swaps")).toBe("");
    expect(await onPi("cat /etc/fstab")).toContain("#grappe: /var/swap none swap sw 0 0");
    const modules = await onPi("cat /proc/modules");
    expect(modules).toMatch(/^overlay /m);
    expect(modules).toMatch(/^br_netfilter /m);
    const parameters = "net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables fs.inotify.max_user_instances";
    expect(await onPi(`sudo sysctl --values ${parameters}`)).toBe("1\n1\n8192");
    await until(async () => (await onPi("timedatectl show --property NTPSynchronized --value")) === "yes");
    expect(Math.abs(Number(await onPi("date +%s")) - Date.now() / 1_000)).toBeLessThan(60);
  });

  test("a second preparation changes nothing, and asks for no reboot", async () => {
    const [before, boot] = [await files(), await bootId()];
    expect(await timed("second preparation, emulated arm64", prepare)).toBe("ready");
    expect(await reboot("ready")).toBe("none");
    expect(await files()).toBe(before);
    expect(await bootId()).toBe(boot);
  });

  test("preflight passes again, and has nothing left to warn of", async () => {
    const { code, output } = await preflight("arm64");
    expect(code, output).toBe(0);
    const facts = readAnswer({ host: name, step: "preflight" }, output, hostFactsAnswer);
    expect(facts).toMatchObject({ architecture: "arm64", cgroupMemory: true, warnings: [] });
  });
});

/** Asks until it is so; a machine that is off answers nothing. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience / 2;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > deadline) throw new Error("not within half an hour");
    await delay(2_000);
  }
}
