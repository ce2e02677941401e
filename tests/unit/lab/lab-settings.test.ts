import { describe, expect, test } from "vitest";
import { databasesOf } from "../../../components/apps/manifests.ts";
import { newSshKeyPair } from "../../../components/host/ssh-key-pair.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { apps } from "../../../components/settings/schema/apps.ts";
import { defaultNetworks } from "../../../lab/hardware/addresses.ts";
import { type Configuration, fillSettings, forSize, hostNames, type LabSize } from "../../../lab/stack/lab-settings.ts";
import { committedSettings } from "../../../lab/stack/lab-stack.ts";

const networks = defaultNetworks("unit");

function labOf(names: readonly string[]) {
  const hosts = names.map((name, index) => ({
    name,
    adminAddress: networks.admin.subnet.replace("0/24", String(11 + index)),
    clusterAddress: networks.cluster.subnet.replace("0/24", String(11 + index)),
    hostKey: newSshKeyPair().publicKey,
    machineId: String(index),
    isRunning: true,
    hasOwnKernel: false,
    isEmulated: false,
  }));
  return { lab: "unit", user: "grappe", networks, hosts };
}

describe("the lab's settings", () => {
  test.each([
    { servers: 1, agents: 2 },
    { servers: 3, agents: 1 },
    { servers: 1, agents: 0 },
  ])("are valid when they are filled in for $servers + $agents hosts", async (size) => {
    const hosts = hostNames(size);
    const committed = forSize(await committedSettings(), size);
    const filled = fillSettings(committed, { lab: labOf(hosts), hosts, bundle: "/bundle" });
    const values = Object.fromEntries(Object.entries(filled).map(([key, value]) => [key, JSON.stringify(value)]));
    const key = { "grappe:sshPrivateKey": newSshKeyPair().privateKey };
    const settings = parseSettings({
      stack: "lab",
      values: { ...values, ...key },
      secretKeys: new Set(["grappe:sshPrivateKey"]),
    });
    expect(settings.hosts.map(({ name }) => name)).toEqual(hosts);
    expect(settings.artifacts.bundle).toBe("/bundle");
    expect(settings.apiAddress.startsWith(networks.cluster.subnet.replace("0/24", ""))).toBe(true);
  });

  test("the database has no more instances than there are hosts", async () => {
    const instances = (size: LabSize) => (configuration: Configuration) =>
      databasesOf(apps.parse(forSize(configuration, size)["grappe:apps"]))[0]?.[1].instances;
    const committed = await committedSettings();
    expect(instances({ servers: 1, agents: 2 })(committed)).toBe(3);
    expect(instances({ servers: 1, agents: 1 })(committed)).toBe(1);
    expect(forSize({ "grappe:apps": {} }, { servers: 1, agents: 0 })).toEqual({ "grappe:apps": {} });
  });

  test("labels that the file gives a host stay; agents without any take the points of presence in turn", async () => {
    const hosts = hostNames({ servers: 1, agents: 3 });
    const filled = fillSettings(await committedSettings(), { lab: labOf(hosts), hosts, bundle: "/bundle" });
    expect(filled["grappe:site"]).toMatchObject({
      hosts: [{}, { labels: { PoP: "space_1" } }, { labels: { PoP: "space_2" } }, { labels: { PoP: "space_1" } }],
    });
  });
});
