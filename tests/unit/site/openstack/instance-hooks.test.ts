import { describe, expect, it } from "vitest";
import { type FlavorChange, refuseFlavor } from "../../../../components/site/openstack/instance-hooks.ts";

const disks: Readonly<Record<string, number>> = { small: 10, large: 20 };
const change: FlavorChange = {
  flavor: { id: "f" },
  setting: "grappe:site.servers.flavor",
  diskOf: async (flavor) => disks[flavor],
};
const update = (from: string, to: string) => ({
  urn: "urn",
  id: "id",
  name: "server-1-instance",
  type: "openstack:compute/instance:Instance",
  oldInputs: { flavorName: from },
  newInputs: { flavorName: to },
});

describe("another flavor", () => {
  it("with a smaller disk is refused before a node is drained", async () => {
    await expect(refuseFlavor("server-1", change, update("large", "small"))).rejects.toThrow(
      "grappe:site.servers.flavor: server-1 can't become small: its disk has 20 GiB by large, small has 10, and OpenStack shrinks " +
        "none. Take a flavor with a disk of 20 GiB or more, or boot from a volume.",
    );
  });

  it.each([
    ["a larger disk", "small", "large"],
    ["an old one that isn't offered any more", "gone", "small"],
  ])("with %s is taken", async (_, from, to) => {
    await expect(refuseFlavor("server-1", change, update(from, to))).resolves.toBeUndefined();
  });

  it("that isn't offered is refused; an update of anything else isn't judged", async () => {
    const missing = { ...change, flavor: { missing: "no such flavor" } };
    await expect(refuseFlavor("server-1", missing, update("large", "tiny"))).rejects.toThrow("no such flavor");
    await expect(refuseFlavor("server-1", missing, update("large", "large"))).resolves.toBeUndefined();
  });
});
