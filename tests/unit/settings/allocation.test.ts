import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostPlans } from "../../../components/settings/allocation/hosts.ts";
import { openstackAddresses } from "../../../components/settings/allocation/openstack-addresses.ts";
import { podSubnet } from "../../../components/settings/allocation/pod-subnets.ts";
import { addressNumber, addressText, encloses, networkRange, overlaps } from "../../../components/settings/ipv4.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import type { OpenstackSite } from "../../../components/settings/schema/openstack-site.ts";
import { rooms } from "../../../components/settings/schema/rooms.ts";
import { change, stackConfig, stackFileConfig } from "./stack-files.ts";

const dev = stackFileConfig("dev");

function devSite(changes: Readonly<Record<string, unknown>>): OpenstackSite {
  const site = rooms.site.parse(change(dev, changes)["grappe:site"]);
  if (site.kind !== "openstack") throw new Error("dev is an OpenStack stack");
  return site;
}

const counts = fc.record({
  servers: fc.constantFrom(1, 3, 5, 7),
  front: fc.integer({ min: 0, max: 64 }),
  back: fc.integer({ min: 0, max: 64 }),
});

const sized = ({ servers, front, back }: { servers: number; front: number; back: number }) =>
  devSite({ "site.servers.count": servers, "site.agentPools.0.count": front, "site.agentPools.1.count": back });

const addressesOf = (site: OpenstackSite) => {
  const { servers, agents, bastion } = openstackAddresses(site);
  return new Map([...servers, ...agents, bastion].map(({ name, address }) => [name, address]));
};

describe("OpenStack's fixed addresses", () => {
  it("are given once, inside their subnet, away from everything that is declared", () => {
    fc.assert(
      fc.property(counts, (count) => {
        const site = sized(count);
        const { servers, agents, bastion, allocationPools } = openstackAddresses(site);
        const all = [...servers, ...agents, bastion];
        expect(new Set(all.map(({ address }) => address)).size).toBe(count.servers + count.front + count.back + 1);
        for (const { address, subnet } of all) {
          const cidr = subnet === "front" ? "3.7.12.0/24" : "4.7.12.0/24";
          const own = { first: addressNumber(address), last: addressNumber(address) };
          expect(encloses(networkRange(cidr), own)).toBe(true);
          const taken = ["3.7.12.1", "4.7.12.1", "3.7.12.254", "3.7.12.240"];
          expect(taken).not.toContain(address);
          for (const { start, end } of Object.values(allocationPools).flat()) {
            expect(overlaps(own, { first: addressNumber(start), last: addressNumber(end) })).toBe(false);
          }
        }
      }),
    );
  });

  it("stay when machines are added or removed anywhere", () => {
    fc.assert(
      fc.property(counts, counts, (before, after) => {
        const one = addressesOf(sized(before));
        const other = addressesOf(sized(after));
        for (const [name, address] of one) if (other.has(name)) expect(other.get(name)).toBe(address);
        expect(openstackAddresses(sized(before)).allocationPools).toEqual(
          openstackAddresses(sized(after)).allocationPools,
        );
      }),
    );
  });

  it("stay when a pool is added behind", () => {
    const added = { name: "third", count: 2, flavor: "m", image: "i", subnet: "front" };
    const before = addressesOf(devSite({}));
    const after = addressesOf(devSite({ "site.agentPools.2": added }));
    expect(Object.fromEntries([...after].filter(([name]) => before.has(name)))).toEqual(Object.fromEntries(before));
    expect(after.get("third-1")).toBe("3.7.12.84");
  });

  it("leave to OpenStack what is free of the first offsets", () => {
    expect(openstackAddresses(devSite({ "site.apiAddress": "3.7.12.4" })).allocationPools).toEqual({
      front: [
        { start: "3.7.12.2", end: "3.7.12.3" },
        { start: "3.7.12.5", end: "3.7.12.8" },
      ],
      back: [{ start: "4.7.12.2", end: "4.7.12.8" }],
    });
  });

  it("go over availability zones in turn", () => {
    const { cluster } = parseSettings(stackConfig(dev));
    const site = devSite({ "site.servers.count": 3, "site.servers.availabilityZones": ["a", "b"] });
    expect(hostPlans(site, cluster).map(({ failureDomain }) => failureDomain)).toEqual([
      "a",
      "b",
      "a",
      undefined,
      undefined,
    ]);
  });
});

/** One or two networks for nodes and addresses in them. */
const nodeNetworks = fc
  .tuple(fc.constantFrom(22, 23, 24, 25, 26), fc.constantFrom(24, 25, 26, 28))
  .chain(([one, other]) => {
    const networks = [`192.168.0.0/${one}`, `192.168.128.0/${other}`];
    const addresses = fc.uniqueArray(
      fc.oneof(
        fc.integer({ min: 1, max: 2 ** (32 - one) - 2 }).map((offset) => addressNumber("192.168.0.0") + offset),
        fc.integer({ min: 1, max: 2 ** (32 - other) - 2 }).map((offset) => addressNumber("192.168.128.0") + offset),
      ),
      { minLength: 2, maxLength: 40 },
    );
    return fc.record({ networks: fc.constant(networks), addresses });
  });

describe("pods' subnets", () => {
  it("share no address and lie inside the pods' network", () => {
    fc.assert(
      fc.property(nodeNetworks, fc.constantFrom("10.42.0.0/14", "10.42.0.0/15", "10.0.0.0/8"), (nodes, podCidr) => {
        const subnets = nodes.addresses.map((address) => podSubnet(podCidr, nodes.networks, addressText(address)));
        const ranges = subnets.map((subnet) => networkRange(subnet ?? "0.0.0.0/0"));
        for (const [index, range] of ranges.entries()) {
          expect(encloses(networkRange(podCidr), range)).toBe(true);
          for (const other of ranges.slice(0, index)) expect(overlaps(range, other)).toBe(false);
        }
      }),
    );
  });

  it("follow a machine's own address only", () => {
    expect(podSubnet("10.42.0.0/16", ["192.168.1.0/24"], "192.168.1.11")).toBe("10.42.11.0/24");
    expect(podSubnet("10.244.0.0/16", ["3.7.12.0/24", "4.7.12.0/24"], "4.7.12.20")).toBe("10.244.138.0/25");
  });

  it("are none where the network is too small, or the address lies elsewhere", () => {
    expect(podSubnet("10.42.0.0/20", ["192.168.1.0/24"], "192.168.1.11")).toBeUndefined();
    expect(podSubnet("10.42.0.0/16", ["192.168.1.0/24"], "192.168.2.11")).toBeUndefined();
  });
});
