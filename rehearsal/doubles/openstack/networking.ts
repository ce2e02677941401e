import type { PlainMap } from "../../../runtime/provider-protocol/property-value.ts";
import type { Cloud } from "../../world/cloud/cloud.ts";
import {
  createNetwork,
  createPort,
  createSubnet,
  deleteNetwork,
  deletePort,
  deleteSubnet,
  type PortRequest,
  updatePort,
} from "../../world/cloud/networking.ts";
import { addressText, cidrRange } from "../../world/ipv4.ts";
import type { Arguments } from "../arguments.ts";
import { idsWhere, NETWORK_SECONDS, type OpenstackResource, unchanged } from "./openstack-resource.ts";

const seconds = { create: NETWORK_SECONDS, update: 1, delete: NETWORK_SECONDS };

function namedIn(objects: ReadonlyMap<string, { readonly name: string }>, inputs: Arguments): string[] {
  const name = inputs.optionalText("name");
  return idsWhere(objects, (object) => object.name === name);
}

const network: OpenstackResource = {
  forceNew: ["region", "tenantId", "valueSpecs", "availabilityZoneHints", "transparentVlan"],
  named: true,
  computed: ["adminStateUp", "allTags", "region", "mtu", "tenantId"],
  seconds,
  create: (cloud, inputs) => ({
    id: createNetwork(cloud, inputs.text("name")).id,
    outputs: { adminStateUp: true, allTags: inputs.texts("tags"), region: "RegionOne", mtu: 1450 },
  }),
  update: unchanged,
  delete: deleteNetwork,
  find: (cloud, inputs) => namedIn(cloud.networks, inputs),
};

/** Neutron's defaults: the first address is the gateway, all others but the broadcast's are given out. */
function subnetDefaults(inputs: Arguments): { gateway: string | undefined; pools: { start: string; end: string }[] } {
  const range = cidrRange(inputs.text("cidr"));
  const noGateway = inputs.flag("noGateway") === true;
  const gateway = noGateway ? undefined : (inputs.optionalText("gatewayIp") ?? addressText(range.first + 1));
  const given = inputs.objects("allocationPools").map((pool) => ({ start: pool.text("start"), end: pool.text("end") }));
  const first = gateway === addressText(range.first + 1) ? range.first + 2 : range.first + 1;
  const pools = given.length > 0 ? given : [{ start: addressText(first), end: addressText(range.last - 1) }];
  return { gateway, pools };
}

const subnet: OpenstackResource = {
  forceNew: [
    ...["region", "networkId", "cidr", "prefixLength", "tenantId", "ipVersion", "ipv6AddressMode", "ipv6RaMode"],
    ...["subnetpoolId", "valueSpecs"],
  ],
  named: true,
  computed: ["allTags", "allocationPools", "gatewayIp", "region", "tenantId"],
  seconds,
  create: (cloud, inputs) => {
    const { gateway, pools } = subnetDefaults(inputs);
    const { id } = createSubnet(cloud, {
      name: inputs.text("name"),
      networkId: inputs.text("networkId"),
      cidr: inputs.text("cidr"),
      gateway,
      pools,
    });
    const outputs = { gatewayIp: gateway ?? "", allocationPools: pools, allTags: inputs.texts("tags") };
    return { id, outputs: { ...outputs, region: "RegionOne", enableDhcp: inputs.flag("enableDhcp") ?? true } };
  },
  update: (cloud, id, inputs) => {
    const { pools } = subnetDefaults(inputs);
    const known = cloud.subnets.get(id);
    if (known !== undefined) known.pools = pools;
    return { allocationPools: pools };
  },
  delete: deleteSubnet,
  find: (cloud, inputs) => namedIn(cloud.subnets, inputs),
};

function portRequest(inputs: Arguments): PortRequest {
  return {
    name: inputs.text("name"),
    networkId: inputs.text("networkId"),
    fixedIps: inputs.objects("fixedIps").map((ip) => ({
      subnetId: ip.text("subnetId"),
      address: ip.optionalText("ipAddress"),
    })),
    securityGroupIds: inputs.texts("securityGroupIds"),
    allowedAddresses: inputs.objects("allowedAddressPairs").map((pair) => pair.text("ipAddress")),
  };
}

function portOutputs(cloud: Cloud, id: string): PlainMap {
  const port = cloud.ports.get(id);
  return {
    allFixedIps: port?.fixedIps.map((ip) => ip.address) ?? [],
    allSecurityGroupIds: port?.securityGroupIds ?? [],
    macAddress: port?.macAddress ?? "",
  };
}

const port: OpenstackResource = {
  forceNew: ["region", "networkId", "macAddress", "tenantId", "deviceOwner", "deviceId", "valueSpecs"],
  named: true,
  computed: ["allFixedIps", "allSecurityGroupIds", "allTags", "macAddress", "adminStateUp", "region", "dnsAssignments"],
  seconds,
  create: (cloud, inputs) => {
    const { id } = createPort(cloud, portRequest(inputs));
    const outputs = { ...portOutputs(cloud, id), adminStateUp: true, allTags: inputs.texts("tags") };
    return { id, outputs: { ...outputs, region: "RegionOne", dnsAssignments: [] } };
  },
  update: (cloud, id, inputs) => {
    updatePort(cloud, id, portRequest(inputs));
    return portOutputs(cloud, id);
  },
  // A port that a router took goes with the router's interface: the provider takes the 404 for deleted.
  delete: (cloud, id) => (cloud.ports.has(id) ? deletePort(cloud, id) : undefined),
  find: (cloud, inputs) => namedIn(cloud.ports, inputs),
};

export const networkingResources: Readonly<Record<string, OpenstackResource>> = {
  "openstack:networking/network:Network": network,
  "openstack:networking/subnet:Subnet": subnet,
  "openstack:networking/port:Port": port,
};
