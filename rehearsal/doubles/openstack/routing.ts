import { type Cloud, existing, type FloatingIp, type PortForward } from "../../world/cloud/cloud.ts";
import {
  addForward,
  addInterface,
  addRoute,
  associate,
  createFloatingIp,
  createRouter,
  deleteFloatingIp,
  deleteRouter,
  removeInterface,
  removeRoute,
} from "../../world/cloud/routing.ts";
import { Refusal } from "../../world/refusal.ts";
import type { Arguments } from "../arguments.ts";
import { idsWhere, NETWORK_SECONDS, type OpenstackResource, unchanged } from "./openstack-resource.ts";

const seconds = { create: NETWORK_SECONDS, update: 1, delete: NETWORK_SECONDS };

const router: OpenstackResource = {
  forceNew: ["region", "distributed", "tenantId", "valueSpecs", "availabilityZoneHints"],
  named: true,
  computed: ["allTags", "adminStateUp", "distributed", "enableSnat", "externalFixedIps", "region"],
  seconds,
  create: (cloud, inputs) => ({
    id: createRouter(cloud, inputs.text("name"), inputs.optionalText("externalNetworkId")).id,
    outputs: {
      ...{ adminStateUp: true, distributed: false, enableSnat: true, externalFixedIps: [], region: "RegionOne" },
      allTags: inputs.texts("tags"),
    },
  }),
  update: (cloud, id, inputs) => {
    existing(cloud.routers, id, "Router").externalNetworkId = inputs.optionalText("externalNetworkId");
    return {};
  },
  delete: deleteRouter,
  find: (cloud, inputs) => idsWhere(cloud.routers, (one) => one.name === inputs.optionalText("name")),
};

/** The port by which a router would stand on the subnet, or that it would take. */
function interfacePorts(cloud: Cloud, inputs: Arguments): string[] {
  const given = inputs.optionalText("portId");
  const subnetId = inputs.optionalText("subnetId");
  return idsWhere(
    cloud.ports,
    (port) =>
      port.owner === `router:${inputs.optionalText("routerId")}` &&
      (given === undefined ? port.fixedIps.some((ip) => ip.subnetId === subnetId) : port.id === given),
  );
}

const routerInterface: OpenstackResource = {
  forceNew: ["region", "routerId", "subnetId", "portId"],
  named: false,
  computed: ["portId", "subnetId", "region"],
  seconds,
  create: (cloud, inputs) => {
    const target = { subnetId: inputs.optionalText("subnetId"), portId: inputs.optionalText("portId") };
    const port = addInterface(cloud, inputs.text("routerId"), target);
    const subnetId = port.fixedIps[0]?.subnetId ?? "";
    return { id: port.id, outputs: { portId: port.id, subnetId, region: "RegionOne" } };
  },
  update: unchanged,
  delete: (cloud, id, state) => removeInterface(cloud, id, state.flag("forceDestroy") === true),
  find: interfacePorts,
};

const routerRoute: OpenstackResource = {
  forceNew: ["region", "routerId", "destinationCidr", "nextHop"],
  named: false,
  computed: ["region"],
  // It takes no waiting: the router is updated at once.
  seconds: { create: 1, update: 1, delete: 1 },
  create: (cloud, inputs) => {
    const [routerId, destination, hop] = [
      inputs.text("routerId"),
      inputs.text("destinationCidr"),
      inputs.text("nextHop"),
    ];
    addRoute(cloud, routerId, destination, hop);
    return { id: `${routerId}-route-${destination}-${hop}`, outputs: { region: "RegionOne" } };
  },
  update: unchanged,
  delete: (cloud, _id, state) =>
    removeRoute(cloud, state.text("routerId"), state.text("destinationCidr"), state.text("nextHop")),
  find: (cloud, inputs) => {
    const [routerId, destination, hop] = [
      inputs.text("routerId"),
      inputs.text("destinationCidr"),
      inputs.text("nextHop"),
    ];
    const found = cloud.routers
      .get(routerId)
      ?.routes.some((one) => one.destination === destination && one.nextHop === hop);
    return found === true ? [`${routerId}-route-${destination}-${hop}`] : [];
  },
};

const floatingIp: OpenstackResource = {
  forceNew: ["region", "address", "pool", "tenantId", "valueSpecs", "dnsName", "dnsDomain"],
  named: false,
  computed: ["address", "allTags", "fixedIp", "portId", "region", "tenantId"],
  seconds,
  create: (cloud, inputs) => {
    const { id, address } = createFloatingIp(cloud, inputs.text("pool"), inputs.optionalText("description"));
    return { id, outputs: { address, allTags: inputs.texts("tags"), fixedIp: "", portId: "", region: "RegionOne" } };
  },
  update: unchanged,
  delete: deleteFloatingIp,
  // It has no name; its description says what it is for.
  find: (cloud, inputs) => idsWhere(cloud.floatingIps, (one) => one.description === inputs.optionalText("description")),
};

function floatingByAddress(cloud: Cloud, address: string): FloatingIp {
  const found = [...cloud.floatingIps.values()].find((one) => one.address === address);
  if (found === undefined)
    throw new Refusal(`Unable to get ID of openstack_networking_floatingip_associate_v2: no floating IP ${address}.`);
  return found;
}

const floatingIpAssociate: OpenstackResource = {
  forceNew: ["region", "floatingIp"],
  named: false,
  computed: ["fixedIp", "region"],
  seconds: { create: 1, update: 1, delete: 1 },
  create: (cloud, inputs) => {
    const floating = floatingByAddress(cloud, inputs.text("floatingIp"));
    const port = existing(cloud.ports, inputs.text("portId"), "Port");
    const fixed = inputs.optionalText("fixedIp");
    associate(cloud, floating, port.id, fixed);
    return { id: floating.id, outputs: { fixedIp: fixed ?? port.fixedIps[0]?.address ?? "", region: "RegionOne" } };
  },
  update: (cloud, id, inputs) => {
    associate(
      cloud,
      existing(cloud.floatingIps, id, "Floating IP"),
      inputs.text("portId"),
      inputs.optionalText("fixedIp"),
    );
    return {};
  },
  delete: (cloud, id) => {
    const floating = cloud.floatingIps.get(id);
    if (floating !== undefined) floating.portId = undefined;
  },
  find: (cloud, inputs) =>
    idsWhere(cloud.floatingIps, (one) => one.address === inputs.text("floatingIp") && one.portId !== undefined),
};

function forwardOf(inputs: Arguments): PortForward {
  return {
    externalPort: inputs.number("externalPort"),
    protocol: inputs.text("protocol"),
    internalPortId: inputs.text("internalPortId"),
    internalAddress: inputs.text("internalIpAddress"),
    internalPort: inputs.number("internalPort"),
  };
}

const portForwarding: OpenstackResource = {
  forceNew: ["region", "floatingipId"],
  named: false,
  computed: ["region"],
  seconds,
  create: (cloud, inputs) => {
    const floating = existing(cloud.floatingIps, inputs.text("floatingipId"), "Floating IP");
    return { id: addForward(cloud, floating, forwardOf(inputs)), outputs: { region: "RegionOne" } };
  },
  update: (cloud, id, inputs) => {
    existing(cloud.floatingIps, inputs.text("floatingipId"), "Floating IP").forwards.set(id, forwardOf(inputs));
    return {};
  },
  delete: (cloud, id, state) => {
    cloud.floatingIps.get(state.text("floatingipId"))?.forwards.delete(id);
  },
  find: (cloud, inputs) => {
    const forwards = cloud.floatingIps.get(inputs.text("floatingipId"))?.forwards ?? new Map<string, PortForward>();
    const wanted = forwardOf(inputs);
    return idsWhere(forwards, (one) => one.externalPort === wanted.externalPort && one.protocol === wanted.protocol);
  },
};

export const routingResources: Readonly<Record<string, OpenstackResource>> = {
  "openstack:networking/router:Router": router,
  "openstack:networking/routerInterface:RouterInterface": routerInterface,
  "openstack:networking/routerRoute:RouterRoute": routerRoute,
  "openstack:networking/floatingIp:FloatingIp": floatingIp,
  "openstack:networking/floatingIpAssociate:FloatingIpAssociate": floatingIpAssociate,
  "openstack:networking/portForwardingV2:PortForwardingV2": portForwarding,
};
