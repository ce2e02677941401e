import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { newSshKeyPair } from "../../../../components/host/ssh-key-pair.ts";
import { checkStackFile } from "../../../../operations/new/check-stack-file.ts";
import { applicationNames, chooseCluster, publishers } from "../../../../operations/new/cluster-choice.ts";
import { proposeAddresses } from "../../../../operations/new/free-addresses.ts";
import { chooseServers } from "../../../../operations/new/machine-roles.ts";
import { type MachinesPlan, machinesStackFile } from "../../../../operations/new/machines-settings.ts";
import { machineAt } from "./machine-fixture.ts";

const secrets = { "grappe:sshPrivateKey": newSshKeyPair().privateKey };

function planOf(changes: Partial<MachinesPlan> = {}): MachinesPlan {
  const machines = [11, 12, 13, 14].map((number) => machineAt(`192.168.1.${number}`));
  return {
    stack: "shop",
    machines: chooseServers(machines, "3"),
    network: { cidr: "192.168.1.0/24", addresses: machines.map(({ address }) => address) },
    isPublicRange: false,
    dhcpRange: "192.168.1.201-192.168.1.249",
    apiAddress: "192.168.1.10",
    pool: "192.168.1.151-192.168.1.200",
    user: "grappe",
    deployment: {
      cluster: chooseCluster("k3s", publishers, { cidr: "192.168.1.0/24", kind: "switch" }),
      applications: ["odoo"],
      workers: 4,
      acceptSlowDisk: false,
      schedulableServers: true,
      loadBalancer: true,
      odooExposure: { by: "loadBalancer", address: "192.168.1.151" },
    },
    ...changes,
  };
}

describe("a new stack file of machines", () => {
  it("reads as a person would write it, and passes schema and rules", () => {
    const text = machinesStackFile(planOf());
    expect(
      text.replaceAll(/ssh-ed25519 \S+/g, "ssh-ed25519 KEY").replaceAll(/SHA256:\S+/g, "SHA256:PRINT"),
    ).toMatchSnapshot();
    const settings = checkStackFile({ stack: "shop", text, secrets });
    expect(settings.hosts.map(({ name, role }) => `${name} ${role}`)).toEqual([
      "pi-11 server",
      "pi-12 server",
      "pi-13 server",
      "pi-14 agent",
    ]);
    expect(settings.apiAddress).toBe("192.168.1.10");
  });

  it("has a comment above every setting that isn't plain, and the editor's schema at its top", () => {
    const text = machinesStackFile(planOf());
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=./components/settings/settings.schema.json");
    for (const key of ["network", "dhcpRange", "loadBalancerPool", "apiAddress", "hosts", "version", "cni"]) {
      expect(text).toMatch(new RegExp(`\\n +# .*\\n +${key}:`));
    }
  });

  it("says nothing of what isn't there", () => {
    const [only] = chooseServers([machineAt("192.168.1.11")], "1");
    if (only === undefined) throw new Error("no machine");
    const text = machinesStackFile(
      planOf({
        machines: [only],
        network: { cidr: "192.168.1.0/24", addresses: ["192.168.1.11"] },
        dhcpRange: undefined,
        apiAddress: undefined,
        pool: undefined,
        deployment: { ...planOf().deployment, applications: [], loadBalancer: false, odooExposure: undefined },
      }),
    );
    const { config } = parse(text);
    expect(Object.keys(config["grappe:site"])).toEqual(["kind", "network", "user", "hosts"]);
    expect(config["grappe:apps"]).toEqual({});
    checkStackFile({ stack: "shop", text, secrets });
  });

  it("passes schema and rules for whatever machines there are", () => {
    const sites = fc.record({
      third: fc.integer({ min: 0, max: 255 }),
      prefix: fc.integer({ min: 20, max: 27 }),
      count: fc.integer({ min: 1, max: 9 }),
      servers: fc.constantFrom(1, 3),
      distribution: fc.constantFrom("k3s" as const, "kubeadm" as const),
      applications: fc.subarray([...applicationNames]),
      range: fc.constantFrom("192.168", "10.42", "10.43", "10.244", "172.20"),
      container: fc.boolean(),
      bundle: fc.option(fc.constant("/srv/bundle"), { nil: undefined }),
    });
    fc.assert(
      fc.property(sites, ({ third, prefix, count, servers, distribution, applications, range, container, bundle }) => {
        const size = 2 ** (32 - prefix);
        const number = third * 256 - ((third * 256) % size);
        const at = (offset: number) => `${range}.${Math.floor((number + offset) / 256)}.${(number + offset) % 256}`;
        const cidr = `${at(0)}/${prefix}`;
        const addresses = Array.from({ length: count }, (_, index) => at(2 + index));
        const machines = addresses.map((address, index) =>
          machineAt(address, { container, machineId: String(index).padStart(32, "0"), hostname: `m-${index}` }),
        );
        const named = chooseServers(machines, String(Math.min(servers, count % 2 === 0 ? 1 : count)));
        const { apiAddress, pool } = proposeAddresses({ cidr, machines: addresses, taken: [at(1)] });
        const first = pool?.split("-")[0];
        const plan = planOf({
          machines: named,
          network: { cidr, addresses },
          dhcpRange: undefined,
          apiAddress,
          pool,
          deployment: {
            cluster: chooseCluster(distribution, publishers, { cidr, kind: "switch" }),
            applications,
            bundle,
            workers: count,
            acceptSlowDisk: container,
            schedulableServers: true,
            loadBalancer: pool !== undefined,
            ...(first === undefined ? {} : { odooExposure: { by: "loadBalancer", address: first } }),
          },
        });
        const settings = checkStackFile({ stack: "shop", text: machinesStackFile(plan), secrets });
        expect(settings.hosts.map(({ privateAddress }) => privateAddress).toSorted()).toEqual(addresses.toSorted());
      }),
      { numRuns: 60 },
    );
  });
});
