import { createHash, randomUUID } from "node:crypto";
import type { PlainMap } from "../../../runtime/provider-protocol/property-value.ts";
import { badRequest, type Cloud, existing, type Instance } from "../../world/cloud/cloud.ts";
import {
  createInstance,
  createKeypair,
  createServerGroup,
  deleteInstance,
  deleteServerGroup,
  flavorOf,
  type InstanceRequest,
  imageId,
  resizeInstance,
  type Wanted,
} from "../../world/cloud/compute.ts";
import { Refusal } from "../../world/refusal.ts";
import type { Arguments } from "../arguments.ts";
import { idsWhere, type OpenstackResource, unchanged } from "./openstack-resource.ts";

const keypair: OpenstackResource = {
  forceNew: ["region", "name", "publicKey", "valueSpecs", "userId"],
  named: true,
  computed: ["fingerprint", "region", "userId", "privateKey"],
  seconds: { create: 1, update: 1, delete: 1 },
  create: (cloud, inputs) => {
    const publicKey = inputs.text("publicKey");
    const { name } = createKeypair(cloud, inputs.text("name"), publicKey);
    const fingerprint = createHash("md5")
      .update(publicKey)
      .digest("hex")
      .replace(/..(?!$)/g, "$&:");
    return { id: name, outputs: { fingerprint, privateKey: "", region: "RegionOne", userId: "" } };
  },
  update: unchanged,
  delete: (cloud, id) => {
    existing(cloud.keypairs, id, "Keypair");
    cloud.keypairs.delete(id);
  },
  find: (cloud, inputs) => idsWhere(cloud.keypairs, (one) => one.name === inputs.text("name")),
};

const serverGroup: OpenstackResource = {
  forceNew: ["region", "name", "policies", "rules", "valueSpecs"],
  named: true,
  computed: ["members", "region"],
  seconds: { create: 1, update: 1, delete: 1 },
  create: (cloud, inputs) => {
    const policy = inputs.texts("policies")[0] ?? inputs.optionalText("policies") ?? "";
    return {
      id: createServerGroup(cloud, inputs.text("name"), policy).id,
      outputs: { members: [], region: "RegionOne" },
    };
  },
  update: unchanged,
  delete: deleteServerGroup,
  find: (cloud, inputs) => idsWhere(cloud.serverGroups, (one) => one.name === inputs.optionalText("name")),
};

function named(inputs: Arguments, what: "flavor" | "image"): Wanted {
  return { id: inputs.optionalText(`${what}Id`), name: inputs.optionalText(`${what}Name`) };
}

function metadataOf(inputs: Arguments): Readonly<Record<string, string>> {
  const entries = Object.entries(inputs.object("metadata").values);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function networkOutputs(cloud: Cloud, portIds: readonly string[]): PlainMap[] {
  return portIds.map((id) => {
    const port = existing(cloud.ports, id, "Port");
    const network = cloud.networks.get(port.networkId);
    return {
      port: id,
      uuid: port.networkId,
      name: network?.name ?? "",
      fixedIpV4: port.fixedIps[0]?.address ?? "",
      mac: port.macAddress,
      accessNetwork: false,
      fixedIpV6: "",
    };
  });
}

/** Words of the provider's library (terraform-plugin-sdk, `UnexpectedStateError`). */
function unexpected(state: string, wanted: string): string {
  return `unexpected state '${state}', wanted target '${wanted}'. last error: %!s(<nil>)`;
}

function readInstance(cloud: Cloud, id: string): PlainMap {
  const { status, flavor, portIds } = existing(cloud.instances, id, "Instance");
  // What was never built has no addresses.
  const networks = status === "ERROR" ? [] : networkOutputs(cloud, portIds);
  return { flavorId: flavor.id, flavorName: flavor.name, powerState: status.toLowerCase(), networks };
}

/** Resizes where the state's flavor isn't the wanted one; the provider doesn't ask which one it really has. */
function resize(cloud: Cloud, instance: Instance, was: Wanted, is: Wanted): void {
  if (is.id === undefined ? was.name === is.name : was.id === is.id) return;
  try {
    if (resizeInstance(cloud, instance, flavorOf(cloud, is)) === "resized") return;
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(`Error resizing OpenStack server: ${error.message}`) : error;
  }
  throw new Refusal(`Error waiting for instance (${instance.id}) to resize: ${unexpected("ACTIVE", "VERIFY_RESIZE")}`);
}

const instance: OpenstackResource = {
  forceNew: [
    "region",
    "userData",
    "availabilityZoneHints",
    "availabilityZone",
    "networkMode",
    "networks",
    "configDrive",
    "keyPair",
  ],
  named: true,
  computed: ["accessIpV4", "accessIpV6", "allMetadata", "allTags", "created", "updated", "region", "securityGroups"],
  // Delay of 10 s in the provider, and a boot: nova's own part of the 47 s that 22 resources took on the tried OpenStack.
  seconds: { create: 25, update: 40, delete: 13 },
  create: (cloud, inputs) => {
    const request: InstanceRequest = {
      name: inputs.text("name"),
      flavor: named(inputs, "flavor"),
      image: named(inputs, "image"),
      bootsFromVolume: inputs.objects("blockDevices").length > 0,
      portIds: inputs.objects("networks").map((one) => one.text("port")),
      keypair: inputs.optionalText("keyPair"),
      userData: inputs.optionalText("userData") ?? "",
      serverGroupId: inputs.objects("schedulerHints")[0]?.optionalText("group"),
      zone: inputs.optionalText("availabilityZone") ?? "nova",
      metadata: metadataOf(inputs),
    };
    for (const device of inputs.objects("blockDevices"))
      if (device.optionalText("sourceType") === "image") imageId(cloud, { id: device.text("uuid"), name: undefined });
    const { id, status } = createInstance(cloud, request);
    const networks = networkOutputs(cloud, request.portIds);
    // The provider hasn't read anything then, and takes what was asked for as reached.
    const asked = { powerState: inputs.optionalText("powerState") ?? "active" };
    if (status === "ERROR") {
      const failure = `Error waiting for instance (${id}) to become ready: ${unexpected(status, "ACTIVE")}`;
      return { id, outputs: asked, failure };
    }
    return {
      id,
      outputs: {
        ...{ networks, accessIpV4: networks[0]?.fixedIpV4 ?? "", accessIpV6: "", allTags: inputs.texts("tags") },
        ...{ allMetadata: {}, created: new Date(0).toISOString(), updated: new Date(0).toISOString() },
        ...{ availabilityZone: request.zone, region: "RegionOne", securityGroups: [] },
        ...asked,
        ...readInstance(cloud, id),
      },
    };
  },
  read: readInstance,
  update: (cloud, id, inputs, before) => {
    const known = existing(cloud.instances, id, "Instance");
    const [was, is] = [named(before, "image"), named(inputs, "image")];
    // The provider would rebuild the machine in place, and its disk with it; the program must have asked for a new one.
    if (was.id !== is.id || was.name !== is.name)
      throw badRequest(`Instance ${known.name} would be rebuilt in place by a changed image, which wipes its disk.`);
    known.metadata = metadataOf(inputs);
    resize(cloud, known, named(before, "flavor"), named(inputs, "flavor"));
    return readInstance(cloud, id);
  },
  delete: deleteInstance,
  find: (cloud, inputs) => idsWhere(cloud.instances, (one) => one.name === inputs.optionalText("name")),
};

const volume: OpenstackResource = {
  forceNew: [
    "region",
    "availabilityZone",
    "snapshotId",
    "sourceVolId",
    "imageId",
    "backupId",
    "volumeType",
    "consistencyGroupId",
    "sourceReplica",
  ],
  named: true,
  computed: ["attachments", "availabilityZone", "region", "metadata", "volumeType"],
  seconds: { create: 10, update: 5, delete: 10 },
  create: (cloud, inputs) => {
    const id = randomUUID();
    cloud.volumes.set(id, { id, name: inputs.text("name"), sizeGiB: inputs.number("size") });
    return {
      id,
      outputs: { attachments: [], availabilityZone: "nova", region: "RegionOne", metadata: {}, volumeType: "" },
    };
  },
  update: unchanged,
  delete: (cloud, id) => {
    existing(cloud.volumes, id, "Volume");
    cloud.volumes.delete(id);
  },
  find: (cloud, inputs) => idsWhere(cloud.volumes, (one) => one.name === inputs.optionalText("name")),
};

export const computeResources: Readonly<Record<string, OpenstackResource>> = {
  "openstack:compute/keypair:Keypair": keypair,
  "openstack:compute/serverGroup:ServerGroup": serverGroup,
  "openstack:compute/instance:Instance": instance,
  "openstack:blockstorage/volume:Volume": volume,
};
