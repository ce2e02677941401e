import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadScript } from "../../components/host/script.ts";
import { shellAssignments } from "../../components/host/shell-assignments.ts";
import { sentCommand } from "../../components/host/step-command.ts";
import { answerOf } from "../../lab/bring-up.ts";
import { defaultNetworks } from "../../lab/hardware/addresses.ts";
import { crashHost, startHost, stopHost } from "../../lab/hardware/hosts.ts";
import { serveTime } from "../../lab/hardware/own-kernel/time-server.ts";
import { isTrue } from "../../runtime/kubernetes-api/json-path.ts";
import { changed } from "../engine-runs.ts";
import { ordersVolume, readerOn, writerOn } from "./nfs-objects.ts";
import { onHost } from "./on-host.ts";
import { withEdgeReplicas, withNfs } from "./settings-changes.ts";
import { TestLab } from "./test-lab.ts";

const name = "kernels";
const machines = ["agent-1", "agent-2"] as const;
const all = ["server-1", ...machines];
const networks = defaultNetworks(name);
const flags = ["cgroup_memory=1", "cgroup_enable=memory"];

let lab: TestLab;
let stopTime: () => void;
const firstBoot = new Map<string, string>();

const on = (host: string, command: string, input?: string) => onHost(lab, host, command, input);
const kubectl = (parameters: string, input?: string) =>
  on("server-1", `sudo kubectl --kubeconfig /etc/kubernetes/admin.conf ${parameters}`, input);
const phaseOf = (pod: string) => kubectl(`get pod ${pod} --output jsonpath='{.status.phase}'`);

/** The last order that the pod wrote, and had confirmed by the server. */
async function confirmed(): Promise<number> {
  return Number((await kubectl("logs writer --tail 1")) || 0);
}

const bootOf = (host: string) => on(host, "cat /proc/sys/kernel/random/boot_id");

/** Runs a command until it succeeds and says what is expected. */
async function until(seconds: number, holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + seconds * 1_000;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await delay(300);
  }
}

async function isReady(node: string): Promise<boolean> {
  return isTrue(await lab.api.get({ apiVersion: "v1", kind: "Node", metadata: { name: node } }), "Ready");
}

beforeAll(async () => {
  lab = await TestLab.open(name, { ownKernel: { "agent-1": 1536, "agent-2": 1536 }, parts: ["nfs"] });
  await lab.configure({ servers: 1, agents: 2 }, withEdgeReplicas(1));
  stopTime = await serveTime(networks.admin.gateway);
});

afterAll(async () => {
  stopTime();
  if (process.env.GRAPPE_LAB_KEEP === undefined) await lab.close();
});

describe("agents with kernels of their own, beside a server in a container", () => {
  test("are Pis that nobody has prepared: no memory cgroup, swap on, no br_netfilter, the clock of another year", async () => {
    for (const host of machines) {
      await on(
        host,
        `sudo sh -euc '
          fallocate --length 64M /var/swap && chmod 0600 /var/swap && mkswap --quiet /var/swap
          echo "/var/swap none swap sw 0 0" >> /etc/fstab
          swapon --all
          timedatectl set-ntp false
          date --set "2020-01-01 12:00:00"'`,
      );
      firstBoot.set(host, await bootOf(host));
      expect(await on(host, "tail -n +2 /proc/swaps")).toContain("/var/swap");
      expect(await on(host, "cat /sys/fs/cgroup/cgroup.controllers")).not.toContain("memory");
      expect(await on(host, "lsmod")).not.toMatch(/br_netfilter/);
      expect(await on(host, "date +%Y; timedatectl show --property NTPSynchronized --value")).toBe("2020\nno");
    }
  });

  test("one up prepares them, waits out their reboot, and joins them", async () => {
    await lab.timed("a server in a container and two agents with their own kernel from nothing", () => lab.up());
    for (const host of all) expect(await isReady(host)).toBe(true);
  });

  test("the firmware's command line asks for the memory cgroup, and each has rebooted once, to it", async () => {
    for (const host of machines) {
      const line = await on(host, "cat /boot/firmware/cmdline.txt");
      expect(line).toBe(`root=/dev/ubda rw rootwait ${flags.join(" ")}`);
      expect(await on(host, "cat /proc/cmdline")).toContain(flags.join(" "));
      expect(await on(host, "cat /sys/fs/cgroup/cgroup.controllers")).toContain("memory");
      const boots = await on(host, "sudo journalctl --list-boots --no-pager --output short | grep -Ec '^ *-?[0-9]+ '");
      expect(Number(boots)).toBe(2);
      expect(await bootOf(host)).not.toBe(firstBoot.get(host));
    }
  });

  test("swap is off, also after the reboot", async () => {
    for (const host of machines) {
      expect(await on(host, "tail -n +2 /proc/swaps")).toBe("");
      expect(await on(host, "cat /etc/fstab")).toContain("#grappe: /var/swap none swap sw 0 0");
    }
  });

  test("kernel modules and parameters are theirs, also after the reboot", async () => {
    for (const host of machines) {
      expect(await on(host, "lsmod")).toMatch(/^overlay /m);
      expect(await on(host, "lsmod")).toMatch(/^br_netfilter /m);
      const parameters = "net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables fs.inotify.max_user_instances";
      expect(await on(host, `sudo sysctl --values ${parameters}`)).toBe("1\n1\n8192");
    }
  });

  test("the clock is right, from a time server", async () => {
    for (const host of machines) {
      expect(await on(host, "timedatectl show --property NTPSynchronized --value")).toBe("yes");
      const seconds = Number(await on(host, "date +%s"));
      expect(Math.abs(seconds - Date.now() / 1_000)).toBeLessThan(5);
    }
  });

  test("a second up changes nothing", async () => {
    expect(changed(await lab.timed("second up, agents with their own kernel", () => lab.up()))).toEqual([]);
  });

  test("their pods answer, by the kernel's own packet filter", async () => {
    for (const host of machines) {
      const address = `http://${await lab.clusterAddress(host)}:30500/sum?a=2&b=3`;
      expect(JSON.parse(await answerOf(address, 60))).toMatchObject({ result: 5 });
    }
  });
});

describe("the kernel's NFS server on one of them, and a client on the other", () => {
  const [client, server] = machines;
  const path = "/srv/shop";

  test("nfs-server.sh exports a folder; run again, it changes nothing", async () => {
    const script = loadScript(
      new URL("../../components/platform/nfs-server.ts", import.meta.url).href,
      "./nfs-server.sh",
    );
    const command = sentCommand(script, { name: "nfs-server", deadlineSeconds: 120, detached: false });
    const values = shellAssignments({ path, clients: networks.cluster.subnet, idmapDomain: "shop.test" });
    await lab.timed("the kernel's NFS server from nothing", () => on(server, command, values));
    await on(server, command, values);
    expect(await on(server, "sudo exportfs -s")).toMatch(/^\/srv\/shop +10\.214\.\d+\.0\/24\(.*no_root_squash/m);
    expect(await on(server, "sudo grep -c grappe /etc/exports.d/grappe.exports")).toBe("1");
  });

  test("a client mounts it by version 4.1, hard, and what it writes is on the server", async () => {
    const address = await lab.clusterAddress(server);
    await on(client, `sudo sh -ec 'mkdir -p /mnt/shop; mount -t nfs -o nfsvers=4.1,hard ${address}:${path} /mnt/shop'`);
    expect(await on(client, "findmnt --noheadings --output FSTYPE,OPTIONS /mnt/shop")).toMatch(
      /^nfs4 .*vers=4\.1.*hard/,
    );
    await on(client, "sudo sh -ec 'echo espresso > /mnt/shop/order; sync /mnt/shop/order'");
    expect(await on(server, `cat ${path}/order`)).toBe("espresso");
  });

  test("the server loses power: a write waits, and is there once the server is back", async () => {
    await crashHost(name, server);
    await on(
      client,
      "sudo systemd-run --quiet --unit written-meanwhile sh -ec 'echo macchiato > /mnt/shop/second; sync /mnt/shop/second'",
    );
    await delay(5_000);
    expect(await on(client, "systemctl is-active written-meanwhile")).toBe("active");
    await lab.timed("NFS server back after a power cut", () => startHost(name, server));
    await until(120, async () => (await on(server, `cat ${path}/second`)) === "macchiato", "the write arrived");
    expect(await on(server, `cat ${path}/order`)).toBe("espresso");
    expect(await on(client, "sudo journalctl --unit written-meanwhile --no-pager")).not.toMatch(/error|failed/i);
    await on(client, "sudo umount /mnt/shop");
  });
});

describe("volumes of pods on both, by the class nfs-client", () => {
  const [client, server] = machines;
  const path = "/srv/volumes";

  test("one up makes the server and the class, by the CSI driver", async () => {
    // A container shares this computer's kernel, which may have no NFS: what mounts goes to the machines.
    await kubectl("cordon server-1");
    await lab.configure({ servers: 1, agents: 2 }, (settings) => withNfs(server, path)(withEdgeReplicas(1)(settings)));
    await lab.timed("NFS server, CSI driver and class added", () => lab.up());
    expect(await on(server, "sudo exportfs -s")).toMatch(/^\/srv\/volumes +10\.214\.\d+\.0\/24\(.*no_root_squash/m);
    expect(changed(await lab.up())).toEqual([]);
  });

  test("a pod's volume is a folder of the export, mounted by version 4.1 and hard", async () => {
    await kubectl("apply --filename -", ordersVolume);
    await kubectl("apply --filename -", writerOn(client));
    await until(180, async () => (await confirmed()) > 5, "the pod writes");
    expect(await on(client, "findmnt --noheadings --types nfs4 --output SOURCE,OPTIONS")).toMatch(
      /^\S+:\/srv\/volumes\/default-orders-pvc-\S+ .*vers=4\.1.*hard/m,
    );
  });

  test("a pod on the server's own machine reads the same volume", async () => {
    await kubectl("apply --filename -", readerOn(server));
    await until(120, async () => (await phaseOf("reader")) === "Succeeded", "the reader has read");
    expect(await kubectl("logs reader")).toMatch(/^1 \d+$/m);
  });

  test("a claim grows", async () => {
    await kubectl(`patch pvc orders --patch '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'`);
    const capacity = () => kubectl("get pvc orders --output jsonpath='{.status.capacity.storage}'");
    await until(60, async () => (await capacity()) === "2Gi", "the claim has 2Gi");
  });

  test("the server loses power for a minute: the pod's writes wait, go on, and none is lost", async () => {
    await crashHost(name, server);
    await delay(5_000);
    const before = await confirmed();
    await delay(55_000);
    expect(await confirmed()).toBe(before);
    await startHost(name, server);
    await lab.timed("a pod writes again after its NFS server is back", () =>
      until(240, async () => (await confirmed()) > before + 5, "the pod writes again"),
    );
    expect(await kubectl("get pod writer --output jsonpath='{.status.containerStatuses[0].restartCount}'")).toBe("0");
    const logged = await confirmed();
    const written = (await on(server, `sudo sh -c 'cat ${path}/default-orders-*/orders'`)).split("\n");
    expect(written.map((line) => Number(line.split(" ")[0]))).toEqual(written.map((_, index) => index + 1));
    expect(written.length).toBeGreaterThanOrEqual(logged);
    const times = written.map((line) => Number(line.split(" ")[1]));
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? time));
    expect(Math.max(...pauses)).toBeGreaterThan(55_000);
  });

  test("a deleted claim leaves its folder, renamed, and nothing mounted", async () => {
    await kubectl("delete pod writer reader --wait");
    await kubectl("delete pvc orders --wait");
    await until(60, async () => /archived-default-orders-/.test(await on(server, `sudo ls ${path}`)), "it is archived");
    expect(await on(server, `sudo sh -c 'head -n 1 ${path}/archived-default-orders-*/orders'`)).toMatch(/^1 /);
    await until(60, async () => !(await on(client, "cat /proc/mounts")).includes(" nfs4 "), "nothing is mounted");
    await kubectl("uncordon server-1");
  });
});

describe("power", () => {
  test("a machine that is switched off in good order goes off, and has nothing to mend afterwards", async () => {
    await stopHost(name, "agent-2");
    await startHost(name, "agent-2");
    expect(await on("agent-2", "sudo journalctl --boot -1 --no-pager --lines 200")).toContain(
      "Reached target poweroff.target",
    );
    expect(await on("agent-2", "sudo dmesg")).not.toContain("recovery complete");
    await until(120, () => isReady("agent-2"), "agent-2 is Ready");
  });

  test("all machines lose it at once, and the cluster comes back by itself", async () => {
    await on("agent-1", "sudo sh -ec 'echo sold > /var/lib/receipt; sync /var/lib/receipt'");
    const boot = await bootOf("agent-1");
    await Promise.all(all.map((host) => crashHost(name, host)));
    await lab.timed("all machines back after a power cut, nodes Ready, calculator answers", async () => {
      await Promise.all(all.map((host) => startHost(name, host)));
      await until(240, async () => (await Promise.all(all.map(isReady))).every(Boolean), "all nodes are Ready");
      const address = `http://${await lab.clusterAddress("agent-1")}:30500/sum?a=2&b=3`;
      expect(JSON.parse(await answerOf(address, 120))).toMatchObject({ result: 5 });
    });
    expect(await bootOf("agent-1")).not.toBe(boot);
    expect(await on("agent-1", "cat /var/lib/receipt")).toBe("sold");
    expect(await on("agent-1", "tail -n +2 /proc/swaps")).toBe("");
  });
});
