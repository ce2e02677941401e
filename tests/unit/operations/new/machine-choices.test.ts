import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressNumber, addressRange, contains, networkRange } from "../../../../components/settings/ipv4.ts";
import { freeRanges, proposeAddresses } from "../../../../operations/new/free-addresses.ts";
import { commonNetworks } from "../../../../operations/new/machine-networks.ts";
import { knownSystems, machineProblems } from "../../../../operations/new/machine-problems.ts";
import { chooseServers, proposeServerCount } from "../../../../operations/new/machine-roles.ts";
import { machineAt, machinesAt } from "./machine-fixture.ts";

const six = machinesAt(...[11, 12, 13, 14, 15, 16].map((number) => `192.168.1.${number}`));
const rolesOf = (chosen: ReturnType<typeof chooseServers>) => chosen.map(({ name, role }) => `${name} ${role}`);

describe("roles", () => {
  it("three servers where three machines suit, else one", () => {
    expect(proposeServerCount(six)).toBe(3);
    expect(proposeServerCount(six.slice(0, 2))).toBe(1);
    const onCards = machineAt("192.168.1.13", { disk: "sd-card" });
    expect(proposeServerCount([...six.slice(0, 2), onCards])).toBe(1);
    expect(proposeServerCount([...six.slice(0, 2), machineAt("192.168.1.13", { memoryMebibytes: 512 })])).toBe(1);
  });

  it("the first that suit become servers, and an SD card only where nothing else is there", () => {
    const card = machineAt("192.168.1.10", { disk: "sd-card" });
    expect(rolesOf(chooseServers([card, ...six.slice(0, 3)], "3"))).toEqual([
      "pi-10 agent",
      "pi-11 server",
      "pi-12 server",
      "pi-13 server",
    ]);
    expect(rolesOf(chooseServers([card], "1"))).toEqual(["pi-10 server"]);
  });

  it("or those that were named", () => {
    expect(rolesOf(chooseServers(six.slice(0, 3), "192.168.1.13"))).toEqual([
      "pi-11 agent",
      "pi-12 agent",
      "pi-13 server",
    ]);
  });

  it.each([
    ["2", /2 servers: etcd needs a majority/],
    ["0", /0 servers/],
    ["7", /7 servers, but there are 6 machines/],
    ["192.168.1.99", /192\.168\.1\.99 isn't among the machines/],
    ["192.168.1.11-12", /2 servers/],
  ])("%s servers of six are refused in a sentence", (wanted, expected) => {
    expect(() => chooseServers(six, wanted)).toThrow(expected);
  });

  it("a name is the machine's own where it is one, else its role's and a number that nobody has", () => {
    const named = ["pi-1.local", "raspberrypi", "raspberrypi", "Shop", "bad_name", "agent-1"];
    const machines = named.map((hostname, index) => machineAt(`192.168.1.${11 + index}`, { hostname }));
    expect(chooseServers(machines, "1").map(({ name }) => name)).toEqual([
      "pi-1",
      "agent-2",
      "agent-3",
      "shop",
      "agent-4",
      "agent-1",
    ]);
  });
});

describe("networks", () => {
  it("the one that the machines are reached by comes first, then the one that leads out; those of containers don't count", () => {
    const machines = ["11", "12"].map((number) =>
      machineAt(`10.213.7.${number}`, {
        gateway: "10.213.7.1",
        interfaces: [
          { name: "docker0", address: "172.17.0.1", prefix: 16 },
          { name: "eth1", address: `10.214.7.${number}`, prefix: 24 },
          { name: "eth0", address: `10.213.7.${number}`, prefix: 24 },
        ],
      }),
    );
    expect(commonNetworks(machines)).toEqual([
      { cidr: "10.213.7.0/24", addresses: ["10.213.7.11", "10.213.7.12"], isSsh: true, leadsOut: true },
      { cidr: "10.214.7.0/24", addresses: ["10.214.7.11", "10.214.7.12"], isSsh: false, leadsOut: false },
    ]);
  });

  it("machines that are reached by a name have their address in it", () => {
    const { facts } = machineAt("192.168.1.11");
    expect(commonNetworks([{ ...machineAt("192.168.1.11"), address: "pi-1.local", facts }])).toMatchObject([
      { addresses: ["192.168.1.11"], isSsh: false, leadsOut: true },
    ]);
  });

  it("machines without a common one have none", () => {
    const elsewhere = machineAt("192.168.2.12");
    expect(commonNetworks([machineAt("192.168.1.11"), elsewhere])).toEqual([]);
  });
});

describe("addresses", () => {
  it("a coffee shop's: the pool after the machines' room, the API address before them", () => {
    const use = {
      cidr: "192.168.1.0/24",
      machines: six.map(({ address }) => address),
      taken: ["192.168.1.1", "192.168.1.20"],
      dhcp: addressRange("192.168.1.201-192.168.1.249"),
    };
    expect(proposeAddresses(use)).toEqual({ apiAddress: "192.168.1.10", pool: "192.168.1.151-192.168.1.200" });
  });

  it("none where nothing is free, one where one is", () => {
    const dhcp = addressRange("192.168.1.1-192.168.1.254");
    expect(proposeAddresses({ cidr: "192.168.1.0/24", machines: ["192.168.1.11"], taken: [], dhcp })).toEqual({});
    const use = { cidr: "192.168.1.0/30", machines: ["192.168.1.1"], taken: [] };
    expect(proposeAddresses(use)).toEqual({ apiAddress: "192.168.1.2" });
  });

  it("never one that something holds, that DHCP gives out, or that lies outside", () => {
    const byte = fc.integer({ min: 1, max: 254 });
    const uses = fc.record({
      prefix: fc.integer({ min: 16, max: 29 }),
      machines: fc.uniqueArray(byte, { minLength: 1, maxLength: 8 }),
      taken: fc.uniqueArray(byte, { maxLength: 250 }),
      dhcp: fc.option(fc.tuple(byte, byte), { nil: undefined }),
    });
    fc.assert(
      fc.property(uses, ({ prefix, machines, taken, dhcp }) => {
        const cidr = `10.20.0.0/${prefix}`;
        const { first } = networkRange(cidr);
        const inside = (number: number) => first + (number % 2 ** (32 - prefix));
        const text = (number: number) => `10.20.0.${inside(number) - first}`;
        const range =
          dhcp === undefined ? undefined : { first: inside(Math.min(...dhcp)), last: inside(Math.max(...dhcp)) };
        const use = {
          cidr,
          machines: machines.map(text),
          taken: taken.map(text),
          ...(range === undefined ? {} : { dhcp: range }),
        };
        const { apiAddress, pool } = proposeAddresses(use);
        const poolRange = pool === undefined ? undefined : addressRange(pool);
        const proposed = [
          ...(apiAddress === undefined ? [] : [addressNumber(apiAddress)]),
          ...(poolRange === undefined
            ? []
            : Array.from({ length: poolRange.last - poolRange.first + 1 }, (_, i) => poolRange.first + i)),
        ];
        const held = new Set([...use.machines, ...use.taken].map(addressNumber));
        const { first: lowest, last: highest } = networkRange(cidr);
        for (const number of proposed) {
          expect(held.has(number)).toBe(false);
          expect(number > lowest && number < highest).toBe(true);
          expect(range !== undefined && range.first <= number && number <= range.last).toBe(false);
        }
        expect(new Set(proposed).size).toBe(proposed.length);
        // Where anything is free, something is proposed.
        expect(proposed.length > 0).toBe(freeRanges(use).length > 0);
        if (poolRange !== undefined && apiAddress !== undefined) expect(contains(poolRange, apiAddress)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe("machines that can't be hosts", () => {
  const problems = (...changes: readonly Parameters<typeof machineAt>[1][]) =>
    machineProblems(
      changes.map((facts, index) => machineAt(`192.168.1.${11 + index}`, facts)),
      { user: "grappe" },
    );

  it("have every reason told at once, with its fix", () => {
    expect(problems({})).toEqual([]);
    expect(problems({ root: false }, { architecture: "armv7l" }, { operatingSystem: "fedora 44" })).toEqual([
      expect.stringMatching(/192\.168\.1\.11: grappe can't become root without a password\. .*sudoers\.d\/grappe/),
      expect.stringMatching(/192\.168\.1\.12 is armv7l/),
      expect.stringMatching(/192\.168\.1\.13 runs fedora 44/),
    ]);
    expect(problems({ kubernetes: "/etc/rancher/k3s" }, { kubernetes: "grappe" })).toEqual([
      expect.stringMatching(/another cluster \(\/etc\/rancher\/k3s\)/),
      expect.stringMatching(/another stack of grappe/),
    ]);
    const machineId = "1".repeat(32);
    expect(problems({ machineId }, { machineId })).toEqual([expect.stringMatching(/have one machine id/)]);
    expect(problems({ container: true }, {})).toEqual([expect.stringMatching(/192\.168\.1\.11 are containers/)]);
    expect(problems({ memoryMebibytes: 300 })).toEqual([
      expect.stringMatching(/has 300 MiB/),
      expect.stringMatching(/No machine has the 1700 MiB/),
    ]);
  });

  it("are those that preflight refuses, too: it names the same systems", () => {
    const checks = readFileSync(
      new URL("../../../../components/host/preflight/system-checks.sh", import.meta.url),
      "utf8",
    );
    const patterns = /case \$operating_system in\n\s*(.*)\) ;;/.exec(checks)?.[1]?.split(" | ") ?? [];
    expect(patterns.length).toBeGreaterThan(4);
    const examples = patterns.flatMap((pattern) =>
      pattern.endsWith("*") ? ["ubuntu 25.10", "ubuntu 26.04"] : [pattern.replaceAll("'", "")],
    );
    for (const example of examples) expect(example).toMatch(knownSystems);
    for (const other of ["debian 11", "ubuntu 20.04", "ubuntu 23.10", "fedora 44", " "])
      expect(other).not.toMatch(knownSystems);
  });
});
