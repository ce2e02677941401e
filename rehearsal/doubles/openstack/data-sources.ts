import type { PlainMap } from "../../../runtime/provider-protocol/property-value.ts";
import { type Cloud, existing } from "../../world/cloud/cloud.ts";
import { flavorOf, imageId } from "../../world/cloud/compute.ts";
import { Refusal } from "../../world/refusal.ts";
import type { Arguments } from "../arguments.ts";

const NO_RESULTS = "Your query returned no results. Please change your search criteria and try again.";

type DataSource = (cloud: Cloud, args: Arguments) => PlainMap;

function only<Value extends { readonly id: string; readonly name: string }>(
  objects: Iterable<Value>,
  args: Arguments,
  idProperty: string,
): Value {
  const [name, id] = [args.optionalText("name"), args.optionalText(idProperty)];
  const found = [...objects].filter(
    (one) => (name === undefined || one.name === name) && (id === undefined || one.id === id),
  );
  const first = found[0];
  if (first === undefined) throw new Refusal(NO_RESULTS);
  if (found.length > 1)
    throw new Refusal("Your query returned more than one result. Please try a more specific search criteria.");
  return first;
}

const dataSources: Readonly<Record<string, DataSource>> = {
  "openstack:images/getImage:getImage": (cloud, args) => {
    const name = args.optionalText("name");
    if (!cloud.images.has(name ?? "")) throw new Refusal(NO_RESULTS);
    const id = imageId(cloud, { id: undefined, name });
    return {
      id,
      name: name ?? "",
      region: "RegionOne",
      tags: [],
      minDiskGb: 0,
      minRamMb: 0,
      sizeBytes: 0,
      properties: {},
    };
  },
  "openstack:compute/getFlavor:getFlavor": (cloud, args) => {
    if (args.optionalText("flavorId") === undefined && !cloud.flavors.some(({ name }) => name === args.text("name")))
      throw new Refusal("No Flavor found");
    const flavor = flavorOf(cloud, { id: args.optionalText("flavorId"), name: args.optionalText("name") });
    return {
      id: flavor.id,
      flavorId: flavor.id,
      name: flavor.name,
      region: "RegionOne",
      extraSpecs: {},
      vcpus: 2,
      ram: 4096,
      disk: flavor.diskGiB,
    };
  },
  "openstack:networking/getNetwork:getNetwork": (cloud, args) => {
    const external = args.flag("external");
    const networks = [...cloud.networks.values()].filter((one) => external === undefined || one.external === external);
    const network = only(networks, args, "networkId");
    const subnets = [...cloud.subnets.values()].filter((one) => one.networkId === network.id).map((one) => one.id);
    return {
      id: network.id,
      name: network.name,
      external: network.external,
      subnets,
      region: "RegionOne",
      adminStateUp: "true",
      shared: "false",
      allTags: [],
      segments: [],
      availabilityZoneHints: [],
      dnsDomain: "",
    };
  },
  "openstack:networking/getPortIds:getPortIds": (cloud, args) => {
    const ports = [...cloud.ports.values()].filter((one) => one.name === args.optionalText("name"));
    return { id: "ports", ids: ports.map((one) => one.id), region: "RegionOne" };
  },
  "openstack:networking/getPort:getPort": (cloud, args) => {
    const port = only(cloud.ports.values(), args, "portId");
    const [kind = "", deviceId = ""] = port.owner?.split(":") ?? [];
    return {
      id: port.id,
      name: port.name,
      networkId: port.networkId,
      deviceId,
      deviceOwner: kind === "instance" ? "compute:nova" : kind,
      allFixedIps: port.fixedIps.map((ip) => ip.address),
      region: "RegionOne",
    };
  },
  "openstack:compute/getInstanceV2:getInstanceV2": (cloud, args) => {
    const { id, name, metadata, image, flavor } = existing(cloud.instances, args.text("id"), "Instance");
    return { id, name, metadata, imageId: image, flavorId: flavor.id, region: "RegionOne" };
  },
  "openstack:networking/getSubnet:getSubnet": (cloud, args) => {
    const subnet = only(cloud.subnets.values(), args, "subnetId");
    return {
      id: subnet.id,
      name: subnet.name,
      networkId: subnet.networkId,
      cidr: subnet.cidr,
      gatewayIp: subnet.gateway ?? "",
      region: "RegionOne",
    };
  },
};

/** Answers a query about what the cloud holds or offers. */
export function invokeDataSource(cloud: Cloud, token: string, args: Arguments): PlainMap {
  const source = dataSources[token];
  if (source === undefined) throw new Refusal(`The openstack provider's double doesn't know the function ${token}.`);
  return source(cloud, args);
}
