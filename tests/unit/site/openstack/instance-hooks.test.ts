import { describe, expect, it } from "vitest";
import {
  type FlavorChange,
  givenUpIn,
  refuseFlavor,
  resizes,
} from "../../../../components/site/openstack/instance-hooks.ts";

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

  it("is judged by what the cloud said last: after a failed resize that isn't what was asked for", () => {
    const asked = update("large", "large");
    expect(resizes(asked)).toBe(false);
    expect(resizes({ ...asked, oldOutputs: { flavorName: "small" } })).toBe(true);
    expect(resizes({ ...update("small", "large"), oldOutputs: { flavorName: "large" } })).toBe(false);
  });

  it("that isn't offered is refused; an update of anything else isn't judged", async () => {
    const missing = { ...change, flavor: { missing: "no such flavor" } };
    await expect(refuseFlavor("server-1", missing, update("large", "tiny"))).rejects.toThrow("no such flavor");
    await expect(refuseFlavor("server-1", missing, update("large", "large"))).resolves.toBeUndefined();
  });
});

describe("a creation that failed", () => {
  it("is known for a build that OpenStack gave up by the provider's words alone", () => {
    const waited =
      "Error waiting for instance (b1e) to become ready: unexpected state 'ERROR', wanted target 'ACTIVE'.";
    expect(givenUpIn([`creating urn: 1 error occurred:\n\t* ${waited}`])).toBe("b1e");
    expect(givenUpIn(["Error creating OpenStack server: Quota exceeded for instances"])).toBeUndefined();
  });
});
