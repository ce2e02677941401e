import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { connect, execute, type SshTarget } from "../../components/host/cleanup/ssh-connection.ts";
import { newSshKeyPair } from "../../components/host/ssh-key-pair.ts";
import { addressIn, type LabNetwork } from "../../lab/hardware/addresses.ts";
import { removeHosts } from "../../lab/hardware/hosts.ts";
import { preparePis, restartPi, switchOnPi } from "../../lab/pi/pi.ts";
import { writeCard } from "../../operations/card/card.ts";
import { timedInto } from "../engine-runs.ts";
import { images, mounted } from "../unit/operations/card/card-fixture.ts";
import { inHost } from "./host-traces.ts";

const lab = "card";
const timed = timedInto(process.env.GRAPPE_LAB_SECONDS);
const userKey = newSshKeyPair();

let network: LabNetwork;
let name: string;
let boot: string;
let project: string;
let target: SshTarget;

/** Runs a command on the Pi, over SSH and with the key that the settings pin: what `up` does. */
async function onPi(command: string): Promise<string> {
  const result = await connect(target, 10_000);
  if ("failure" in result) throw new Error(`${result.failure.kind}: ${result.failure.reason}`);
  try {
    const { code, output } = await execute(result.client, command, "");
    if (code !== 0) throw new Error(`${command}: ${output}`);
    return output.trim();
  } finally {
    result.client.end();
  }
}

/** Until the card's first answer; any other host key than the pinned one ends it. */
async function answers(seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const result = await connect(target, 5_000);
    if ("client" in result) return void result.client.end();
    expect(result.failure.kind, result.failure.reason).not.toBe("other-host-key");
    if (performance.now() > deadline) {
      const journal = await inHost(
        lab,
        name,
        "cloud-init status --long; ip -4 address; tail -n 60 /var/log/cloud-init.log",
      );
      throw new Error(`not within ${seconds} s: ${result.failure.reason}\n${journal}`);
    }
    await delay(300);
  }
}

async function onCard(): Promise<string> {
  const files = await readdir(boot);
  return (await Promise.all(files.map((file) => readFile(join(boot, file), "utf8")))).join("\n");
}

beforeAll(async () => {
  await removeHosts(lab);
  network = await preparePis(lab);
});

afterAll(async () => {
  if (process.env.GRAPPE_LAB_KEEP === undefined) await removeHosts(lab);
});

const pis = [
  { name: "pi-1", image: images.trixie, renderer: "NetworkManager", host: 51 },
  { name: "pi-2", image: images.ubuntu, renderer: "networkd", host: 52 },
] as const;

describe.each(pis)("a Pi with $renderer that is switched on with a card of ours", (pi) => {
  const spareAddress = () => addressIn(network.subnet, pi.host - 40);

  beforeAll(async () => {
    name = pi.name;
    boot = await mounted(pi.image);
    project = await mkdtemp(join(tmpdir(), "grappe-card-"));
    const site = {
      kind: "machines",
      network: network.subnet,
      gateway: network.gateway,
      nameServers: [addressIn(network.subnet, 2), "192.0.2.53"],
      hosts: [{ name, role: "server", address: addressIn(network.subnet, pi.host) }],
    };
    await writeFile(join(project, "Pulumi.card.yaml"), stringify({ config: { "grappe:site": site } }));
  });

  afterAll(async () => {
    if (process.env.GRAPPE_LAB_KEEP !== undefined) return;
    for (const folder of [boot, project]) await rm(folder, { recursive: true, force: true });
  });

  test("answers at the card's address with the pinned host key, at its first boot", async () => {
    await writeCard({
      project,
      stack: "card",
      host: name,
      boot,
      authorizedKey: async () => userKey.publicKey,
      force: false,
      newHostKey: false,
    });
    const [machine] = parse(await readFile(join(project, "Pulumi.card.yaml"), "utf8")).config["grappe:site"].hosts;
    target = {
      address: machine.address,
      port: 22,
      user: "grappe",
      privateKey: userKey.privateKey,
      hostKey: machine.hostKey,
    };
    expect(await onCard()).toContain("PRIVATE KEY");
    await timed(`a card's Pi, ${pi.renderer}: from power to SSH with the pinned key`, async () => {
      await switchOnPi({ lab, name, boot, spareAddress: spareAddress(), renderer: pi.renderer });
      await answers(180);
    });
  });

  test("cloud-init takes the card without a complaint, by its own schemas too", async () => {
    await timed(`a card's Pi, ${pi.renderer}: first boot done`, () => onPi("cloud-init status --wait"));
    expect(await onPi("sudo cloud-init status --format json")).toMatch(/"errors": \[\]/);
    expect(JSON.parse(await onPi("sudo cloud-init status --format json"))).toMatchObject({
      status: "done",
      extended_status: "done",
      recoverable_errors: {},
      datasource: "nocloud",
    });
    const seed = "/var/lib/cloud/instance/user-data.txt";
    expect(await onPi(`sudo cloud-init schema --config-file ${seed}`)).toContain("Valid schema");
    const network = "/boot/firmware/network-config";
    expect(await onPi(`sudo cloud-init schema --schema-type network-config --config-file ${network}`)).toContain(
      "Valid schema",
    );
  });

  test("is the host that the settings describe", async () => {
    expect(await onPi("hostname")).toBe(name);
    expect(await onPi("cat /etc/hostname")).toBe(name);
    expect(await onPi("ip -4 -oneline address show dev eth0 | awk '{ print $4 }'")).toBe(`${target.address}/24`);
    expect(await onPi("ip -4 route show default | awk '{ print $3 }'")).toBe(network.gateway);
    expect(await onPi("resolvectl dns eth0")).toMatch(
      new RegExp(`: ${addressIn(network.subnet, 2)} 192\\.0\\.2\\.53$`),
    );
  });

  test("lets the user become root, and nobody in by password", async () => {
    expect(await onPi("sudo -n id -u")).toBe("0");
    expect(await onPi("sudo passwd --status grappe | awk '{ print $2 }'")).toBe("L");
    const sshd = await onPi("sudo sshd -T");
    expect(sshd).toMatch(/^passwordauthentication no$/m);
  });

  test("shows no other ed25519 key, and refuses whoever expects another one", async () => {
    const other = await connect({ ...target, hostKey: newSshKeyPair().publicKey }, 10_000);
    expect(other).toMatchObject({ failure: { kind: "other-host-key" } });
    const shown = await onPi("cut -d ' ' -f 1-2 /etc/ssh/ssh_host_ed25519_key.pub");
    expect(shown).toBe(target.hostKey);
  });

  test("has taken its private key away from the card", async () => {
    const left = await onCard();
    expect(left).not.toContain("PRIVATE KEY");
    const privateKey = await onPi("sudo sed -n 3p /etc/ssh/ssh_host_ed25519_key");
    expect(privateKey.length).toBeGreaterThan(40);
    expect(left).not.toContain(privateKey);
  });

  test("has the same key, name and address after its power was cut, and did not set itself up again", async () => {
    const key = async () =>
      createHash("sha256")
        .update(await onPi("sudo cat /etc/ssh/ssh_host_ed25519_key"))
        .digest("hex");
    const before = await key();
    await restartPi(lab, name);
    await timed(`a card's Pi, ${pi.renderer}: back after a power cut`, () => answers(120));
    await onPi("cloud-init status --wait");
    expect(await key()).toBe(before);
    expect(await onPi("hostname")).toBe(name);
    expect(await onPi("ls /var/lib/cloud/instances | wc -l")).toBe("1");
    expect(await onPi("ip -4 -oneline address show dev eth0 | awk '{ print $4 }'")).toBe(`${target.address}/24`);
  });
});
