import { beforeEach, describe, expect, it } from "vitest";
import { openstackDouble } from "../../../rehearsal/doubles/openstack/openstack.ts";
import { type Cloud, emptyCloud, existing, leftInCloud } from "../../../rehearsal/world/cloud/cloud.ts";
import { deleteInstance } from "../../../rehearsal/world/cloud/compute.ts";
import { createNetwork, createPort } from "../../../rehearsal/world/cloud/networking.ts";
import { InitializationFailure } from "../../../runtime/provider-protocol/initialization-failure.ts";
import type { PropertyMap } from "../../../runtime/provider-protocol/property-value.ts";

const type = "openstack:compute/instance:Instance";
const subject = { urn: `urn:pulumi:dev::grappe::${type}::vm`, type, name: "vm" };
const provider = { configuration: {} };

let cloud: Cloud;
let portId: string;
let double: ReturnType<typeof openstackDouble>;

beforeEach(() => {
  cloud = emptyCloud({
    images: ["debian"],
    flavors: ["small", "large", "diskless"],
    disks: { small: 10, diskless: 0 },
    zones: [],
    externalNetworks: [],
  });
  const networkId = createNetwork(cloud, "front").id;
  const request = { name: "vm", networkId, fixedIps: [], securityGroupIds: [], allowedAddresses: [] };
  portId = createPort(cloud, request).id;
  double = openstackDouble(cloud, { check: () => [], declares: () => true });
});

function inputsWith(flavorName: string): PropertyMap {
  return { name: "vm", flavorName, imageName: "debian", networks: [{ port: portId }] };
}

function create(flavor = "large") {
  return double.create(subject, inputsWith(flavor), provider).result;
}

/** What an operation fails with that left something. */
function failureOf(work: () => unknown): InitializationFailure {
  try {
    work();
  } catch (error) {
    if (error instanceof InitializationFailure) return error;
    throw error;
  }
  throw new Error("it didn't fail");
}

function resize(id: string, state: PropertyMap, flavor: string) {
  return double.update(subject, id, state, inputsWith(flavor), provider);
}

describe("a build that nova gives up", () => {
  it("leaves an instance whose id the engine hears, taken for what was asked for until it is read", () => {
    cloud.givesUp = true;
    const failure = failureOf(() => create());
    expect(failure.message).toMatch(
      /^creating urn:\S+: 1 error occurred:\s+\* Error waiting for instance \((\S+)\) to become ready: unexpected state 'ERROR', wanted target 'ACTIVE'/,
    );
    expect(cloud.instances.get(failure.id)?.status).toBe("ERROR");
    expect(failure.outputs).toMatchObject({ flavorName: "large", powerState: "active" });
    const { result } = double.update(subject, failure.id, failure.outputs, inputsWith("large"), provider);
    expect(result).toMatchObject({ powerState: "error", networks: [] });
    // The provider takes it for cut off from its network then, and makes another one.
    expect(double.compared?.({ inputs: inputsWith("large"), outputs: result })).toMatchObject({ networks: [] });
    expect(double.rule(subject).replaceOn("networks", "networks")).toBe(true);
  });

  it("lets its port go, and goes like any other; the next build is well", () => {
    cloud.givesUp = true;
    const { id, outputs } = failureOf(() => create());
    expect(cloud.ports.get(portId)?.owner).toBeUndefined();
    const second = create();
    double.delete(subject, id, outputs, provider);
    expect(cloud.ports.get(portId)?.owner).toBe(`instance:${second.id}`);
    double.delete(subject, second.id, second.outputs, provider);
    expect(leftInCloud(cloud)).not.toContain("instance vm");
  });
});

describe("a resize", () => {
  it.each([
    ["that nova gives up", "small", "large", /waiting for instance .* to resize: unexpected state 'ACTIVE'/],
    ["to a smaller disk", "large", "small", /waiting for instance .* to resize: unexpected state 'ACTIVE'/],
    ["to no disk", "large", "diskless", /Error resizing OpenStack server: Bad request with: Resize to zero disk/],
  ])("%s leaves the machine as it was, and a state that claims the new flavor", (name, from, to, message) => {
    const { id, outputs } = create(from);
    cloud.givesUp = name === "that nova gives up";
    const failure = failureOf(() => resize(id, outputs, to));
    expect(failure.message).toMatch(message);
    expect(failure.outputs).toMatchObject({ flavorName: to });
    expect(existing(cloud.instances, id, "Instance").flavor.name).toBe(from);
  });

  it("that failed isn't tried again by itself, but found out by the next update or a refresh", () => {
    const { id, outputs } = create("small");
    cloud.givesUp = true;
    const failure = failureOf(() => resize(id, outputs, "large"));
    const wanted = inputsWith("large");
    const { result } = resize(id, failure.outputs, "large");
    expect(result).toMatchObject({ flavorName: "small" });
    expect(double.compared?.({ inputs: wanted, outputs: result })).toMatchObject({ flavorName: "small" });
    const read = double.read?.(subject, id, { inputs: wanted, outputs: failure.outputs });
    expect(read).toMatchObject({ inputs: { flavorName: "small" }, outputs: { flavorName: "small" } });
    expect(resize(id, result, "large").result).toMatchObject({ flavorName: "large" });
  });

  it("back to what the machine still is, without a refresh, is refused", () => {
    const { id, outputs } = create("small");
    cloud.givesUp = true;
    const failure = failureOf(() => resize(id, outputs, "large"));
    expect(() => resize(id, failure.outputs, "small")).toThrow("When resizing, instances must change flavor!");
  });

  it("to a larger disk is done; of an instance in the state ERROR it is refused", () => {
    const { id, outputs } = create("small");
    expect(resize(id, outputs, "large").result).toMatchObject({ flavorName: "large" });
    deleteInstance(cloud, id);
    cloud.givesUp = true;
    const broken = failureOf(() => create("small"));
    expect(() => resize(broken.id, broken.outputs, "large")).toThrow("while it is in vm_state error");
  });
});

describe("a refresh", () => {
  it("misses an instance that is gone", () => {
    const { id } = create();
    expect(double.exists(subject, id, inputsWith("large"), provider)).toBe(true);
    deleteInstance(cloud, id);
    expect(double.exists(subject, id, inputsWith("large"), provider)).toBe(false);
  });
});
