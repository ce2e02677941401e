import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addressesOf,
  addressIn,
  allocateSlots,
  defaultNetworks,
  labNetworks,
  serviceAddresses,
} from "../../../lab/hardware/addresses.ts";

const networks = labNetworks({ admin: "10.1.2.0/24", cluster: "10.3.4.0/24" });

test("a slot has the same place in both networks, away from the computer, the API and the load balancers", () => {
  expect(addressesOf(networks, 0)).toEqual({ slot: 0, adminAddress: "10.1.2.11", clusterAddress: "10.3.4.11" });
  expect(networks.cluster.gateway).toBe("10.3.4.1");
  expect(serviceAddresses(networks)).toEqual({ api: "10.3.4.5", pool: "10.3.4.200-10.3.4.239" });
});

test("only a /24 is a network of a lab", () => {
  for (const subnet of ["10.1.2.0/16", "10.1.2.5/24", "10.1.2", ""]) {
    expect(() => addressIn(subnet, 1)).toThrow(/must be a \/24/);
  }
  expect(() => labNetworks({ admin: "10.1.2.0/24", cluster: "10.1.2.0/24" })).toThrow(/give it two/);
});

test("a lab's default networks follow from its name", () => {
  expect(defaultNetworks("one")).toEqual(defaultNetworks("one"));
  expect(defaultNetworks("one")).not.toEqual(defaultNetworks("two"));
});

test("whatever was added and removed before, hosts keep their slots and no two share one", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { maxLength: 20 });
  const taken = fc
    .tuple(names, fc.uniqueArray(fc.nat(150), { minLength: 20, maxLength: 20 }))
    .map(([hosts, slots]) => new Map(hosts.map((host, index) => [host, slots[index] ?? 0])));
  fc.assert(
    fc.property(names, taken, (wanted, present) => {
      const slots = allocateSlots(wanted, present);
      expect([...slots.keys()]).toEqual(wanted);
      for (const name of wanted) if (present.has(name)) expect(slots.get(name)).toBe(present.get(name));
      const all = new Map([...present, ...slots]);
      expect(new Set(all.values()).size).toBe(all.size);
    }),
  );
});

test("two hosts of one name, and more hosts than the network has room for, are refused", () => {
  expect(() => allocateSlots(["a", "a"], new Map())).toThrow(/named a/);
  const many = Array.from({ length: 190 }, (_, index) => `host-${index}`);
  expect(() => allocateSlots(many, new Map())).toThrow(/at most 189/);
  expect(allocateSlots(many.slice(1), new Map()).size).toBe(189);
});
