import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, test } from "vitest";
import { machinesSite as machinesSiteSchema } from "../../../components/settings/schema/machines-site.ts";
import { platform as platformSchema } from "../../../components/settings/schema/platform.ts";
import { hostKeyFingerprint } from "../../../components/settings/ssh-key.ts";
import type { MachinesSiteSettings } from "../../../components/site/machines/machines-site.ts";
import { dataDirectories, machinesSite } from "../../../components/site/machines/machines-site.ts";
import { letMocksTakeHooks } from "../hooks-under-mocks.ts";
import { hostPlan } from "../host/host-fixture.ts";

letMocksTakeHooks();

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBPjYup0ApdpQoqmiCNiZ0pimAFWvdvPVx1AP4eohe12";

const registered: { name: string; inputs: Record<string, unknown> }[] = [];
beforeEach(async () => {
  registered.length = 0;
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      registered.push({ name, inputs });
      return { id: name, state: inputs };
    },
    call: () => ({}),
  });
});

const plan = hostPlan("pi-1");

function settings(changes: Record<string, unknown> = {}, platform: Record<string, unknown> = {}): MachinesSiteSettings {
  const site = machinesSiteSchema.parse({
    kind: "machines",
    network: "192.168.1.0/24",
    hosts: [{ name: "pi-1", role: "server", address: "192.168.1.11", port: 2222, hostKey }],
    ...changes,
  });
  return {
    site,
    hosts: [plan],
    apiAddress: site.apiAddress ?? plan.privateAddress,
    platform: platformSchema.parse(platform),
    secrets: { sshPrivateKey: pulumi.secret("canary") },
  };
}

const settled = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

describe("the machines site", () => {
  test("a machine is known by its pinned key; it is reached as the site's user", async () => {
    const [host] = machinesSite(settings()).hosts;
    if (host === undefined) throw new Error("no host");
    expect(await settled(host.identity)).toBe(hostKeyFingerprint(hostKey));
    expect(host.connection).toMatchObject({
      host: "192.168.1.11",
      port: 2222,
      user: "grappe",
      hostKey,
      dialErrorLimit: 60,
    });
  });

  test("a machine may have a kernel of its own among containers", () => {
    const machine = { name: "pi-1", role: "server", address: "192.168.1.11", hostKey };
    const environmentOf = (own: Record<string, unknown>) =>
      machinesSite(settings({ environment: "container", hosts: [{ ...machine, ...own }] })).hosts[0]?.environment;
    expect(environmentOf({})).toBe("container");
    expect(environmentOf({ environment: "hardware" })).toBe("hardware");
  });

  test("its cleanup stands before every step, and holds the key as a secret", async () => {
    const [host] = machinesSite(settings()).hosts;
    const [cleanup] = host?.reachableAfter ?? [];
    if (cleanup === undefined) throw new Error("no cleanup");
    await settled(cleanup.urn);
    expect(registered[0]?.name).toBe("pi-1-cleanup");
    expect(JSON.stringify({ ...registered[0]?.inputs, stdin: "" })).not.toContain("canary");
    expect(JSON.stringify(registered[0]?.inputs.stdin)).toContain("canary");
    expect(JSON.stringify(registered[0]?.inputs.stdin)).toContain(pulumi.runtime.specialSecretSig ?? "");
  });

  test("the API's address is virtual only when it is no machine's own", () => {
    expect(machinesSite(settings()).apiAddressIsVirtual).toBe(false);
    expect(machinesSite(settings({ apiAddress: "192.168.1.11" })).apiAddressIsVirtual).toBe(false);
    expect(machinesSite(settings({ apiAddress: "192.168.1.10" })).apiAddressIsVirtual).toBe(true);
  });

  test("others could hold the API's virtual address and the pool's: each with its setting, no machine's own", () => {
    const pool = ["192.168.1.150-192.168.1.150", "192.168.1.160-192.168.1.161"];
    expect(machinesSite(settings({ apiAddress: "192.168.1.10", loadBalancerPool: pool })).virtualAddresses).toEqual([
      { setting: "grappe:site.apiAddress", address: "192.168.1.10" },
      { setting: "grappe:site.loadBalancerPool[0]", address: "192.168.1.150" },
      { setting: "grappe:site.loadBalancerPool[1]", address: "192.168.1.160" },
      { setting: "grappe:site.loadBalancerPool[1]", address: "192.168.1.161" },
    ]);
    expect(machinesSite(settings({ apiAddress: "192.168.1.11" })).virtualAddresses).toEqual([]);
    expect(machinesSite(settings({ loadBalancerPool: ["192.168.0.0-192.168.255.255"] })).virtualAddresses).toHaveLength(
      512,
    );
  });

  test("the pool's subnet is the network, where there is a pool", () => {
    expect(machinesSite(settings()).loadBalancerSubnet).toBeUndefined();
    const pool = ["192.168.1.150-192.168.1.200"];
    expect(machinesSite(settings({ loadBalancerPool: pool }))).toMatchObject({
      loadBalancerPool: pool,
      loadBalancerSubnet: "192.168.1.0/24",
    });
  });
});

test("a fingerprint is what ssh-keygen -l shows, whatever the comment", () => {
  expect(hostKeyFingerprint(hostKey)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  expect(hostKeyFingerprint(`${hostKey} root@pi`)).toBe(hostKeyFingerprint(hostKey));
});

test("an NFS server's exports outlive the cluster on its own host only", () => {
  const { storage } = platformSchema.parse({ storage: { local: {}, nfs: { kind: "server", host: "pi-1" } } });
  expect(dataDirectories(plan, storage)).toEqual(["/var/lib/grappe/volumes", "/srv/nfs"]);
  expect(dataDirectories({ ...plan, name: "pi-2" }, storage)).toEqual(["/var/lib/grappe/volumes"]);
});
