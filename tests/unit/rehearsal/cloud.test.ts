import { beforeEach, describe, expect, it } from "vitest";
import { type Cloud, emptyCloud, leftInCloud, type SecurityRule } from "../../../rehearsal/world/cloud/cloud.ts";
import { createInstance, createKeypair, deleteInstance } from "../../../rehearsal/world/cloud/compute.ts";
import {
  createNetwork,
  createPort,
  createSubnet,
  deleteNetwork,
  deletePort,
  deleteSubnet,
} from "../../../rehearsal/world/cloud/networking.ts";
import { instanceFromInside, instanceFromOutside } from "../../../rehearsal/world/cloud/reachability.ts";
import {
  addInterface,
  addRoute,
  associate,
  createFloatingIp,
  createRouter,
  deleteRouter,
  removeInterface,
} from "../../../rehearsal/world/cloud/routing.ts";
import { addRule, createSecurityGroup, deleteSecurityGroup } from "../../../rehearsal/world/cloud/security.ts";

let cloud: Cloud;
let external: string;

beforeEach(() => {
  cloud = emptyCloud({ images: ["debian"], flavors: ["small"], zones: [], externalNetworks: ["public"] });
  external = [...cloud.networks.keys()][0] ?? "";
});

function place(name: string, cidr: string) {
  const network = createNetwork(cloud, name);
  const base = cidr.replace(/\.0\/24$/, "");
  const gateway = `${base}.1`;
  const pools = [{ start: `${base}.2`, end: `${base}.254` }];
  return { network, subnet: createSubnet(cloud, { name, networkId: network.id, cidr, gateway, pools }) };
}

function portIn({ network, subnet }: ReturnType<typeof place>, address?: string, groups: string[] = []) {
  const fixedIps = [{ subnetId: subnet.id, address }];
  return createPort(cloud, {
    name: "p",
    networkId: network.id,
    fixedIps,
    securityGroupIds: groups,
    allowedAddresses: [],
  });
}

function instanceAt(portId: string, image = "debian") {
  return createInstance(cloud, {
    ...{
      name: "i",
      bootsFromVolume: false,
      portIds: [portId],
      keypair: undefined,
      userData: "",
      serverGroupId: undefined,
    },
    ...{ zone: "nova", flavor: { id: undefined, name: "small" }, image: { id: undefined, name: image }, metadata: {} },
  });
}

const ssh: SecurityRule = {
  ...{ direction: "ingress", ethertype: "IPv4", protocol: "tcp", portMin: 22, portMax: 22 },
  ...{ remoteCidr: "0.0.0.0/0", remoteGroupId: undefined },
};

describe("networks and ports", () => {
  it("refuse what they don't know, what lies outside, and what is taken", () => {
    const front = place("front", "10.0.0.0/24");
    expect(() =>
      createPort(cloud, { name: "p", networkId: "none", fixedIps: [], securityGroupIds: [], allowedAddresses: [] }),
    ).toThrow("404");
    expect(() => portIn(front, undefined, ["none"])).toThrow("404");
    expect(() => portIn(front, "10.0.1.5")).toThrow("not a valid IP");
    portIn(front, "10.0.0.5");
    expect(() => portIn(front, "10.0.0.5")).toThrow("already allocated");
    expect(portIn(front).fixedIps[0]?.address).toBe("10.0.0.2");
  });

  it("refuse overlapping subnets and a gateway in the pool", () => {
    const { network } = place("front", "10.0.0.0/24");
    const subnet = {
      name: "s",
      networkId: network.id,
      gateway: "10.1.0.1",
      pools: [{ start: "10.1.0.1", end: "10.1.0.9" }],
    };
    expect(() => createSubnet(cloud, { ...subnet, cidr: "10.0.0.128/25" })).toThrow("overlaps");
    expect(() => createSubnet(cloud, { ...subnet, cidr: "10.1.0.0/24" })).toThrow("conflicts with allocation pool");
  });

  it("can't be deleted while they are in use", () => {
    const front = place("front", "10.0.0.0/24");
    const port = portIn(front);
    expect(() => deleteSubnet(cloud, front.subnet.id)).toThrow("409");
    expect(() => deleteNetwork(cloud, front.network.id)).toThrow("409");
    deletePort(cloud, port.id);
    deleteSubnet(cloud, front.subnet.id);
    deleteNetwork(cloud, front.network.id);
    expect(leftInCloud(cloud)).toEqual([]);
  });
});

describe("routers and floating IPs", () => {
  it("hold on to what depends on them", () => {
    const front = place("front", "10.0.0.0/24");
    const router = createRouter(cloud, "r", external);
    const target = portIn(front);
    const floating = createFloatingIp(cloud, "public");
    expect(() => associate(cloud, floating, target.id, undefined)).toThrow("External network is not reachable");
    const leg = addInterface(cloud, router.id, { subnetId: front.subnet.id, portId: undefined });
    associate(cloud, floating, target.id, undefined);
    expect(() => deleteRouter(cloud, router.id)).toThrow("still has ports");
    expect(() => deletePort(cloud, leg.id)).toThrow("router_interface");
    expect(() => removeInterface(cloud, leg.id, false)).toThrow("required by floating IP");
    floating.portId = undefined;
    addRoute(cloud, router.id, "10.9.0.0/24", "10.0.0.254");
    expect(() => removeInterface(cloud, leg.id, false)).toThrow("required by one or more routes");
    removeInterface(cloud, leg.id, true);
    expect(router.routes).toEqual([]);
    deleteRouter(cloud, router.id);
  });

  it("refuse a next hop that isn't connected, and a pool that isn't there", () => {
    const router = createRouter(cloud, "r", external);
    expect(() => addRoute(cloud, router.id, "10.9.0.0/24", "10.0.0.254")).toThrow("not connected");
    expect(() => createFloatingIp(cloud, "nowhere")).toThrow("could not be found");
  });

  it("take thirty routes", () => {
    const front = place("front", "10.0.0.0/24");
    const router = createRouter(cloud, "r", external);
    addInterface(cloud, router.id, { subnetId: front.subnet.id, portId: undefined });
    for (let node = 0; node < 30; node += 1) addRoute(cloud, router.id, `10.42.${node}.0/24`, "10.0.0.20");
    expect(() => addRoute(cloud, router.id, "10.42.30.0/24", "10.0.0.20")).toThrow("exceeds the maximum 30");
  });
});

describe("instances", () => {
  it("need an image, a flavor and a free port of the cloud", () => {
    const port = portIn(place("front", "10.0.0.0/24"));
    expect(() => instanceAt(port.id, "windows")).toThrow("Unable to find image");
    expect(() => instanceAt("none")).toThrow("404");
    const instance = instanceAt(port.id);
    expect(() => instanceAt(port.id)).toThrow("still in use");
    deleteInstance(cloud, instance.id);
    expect(cloud.ports.get(port.id)?.owner).toBeUndefined();
  });

  it("have one key pair of a name, and a well-formed one", () => {
    const key = `ssh-ed25519 ${Buffer.alloc(51).toString("base64")}`;
    createKeypair(cloud, "k", key);
    expect(() => createKeypair(cloud, "k", key)).toThrow("already exists");
    expect(() => createKeypair(cloud, "other", "no key")).toThrow("invalid");
  });
});

describe("reachability", () => {
  it("needs a floating IP and a rule from outside, and a way there and back inside", () => {
    const [front, back] = [place("front", "10.0.0.0/24"), place("back", "10.1.0.0/24")];
    const group = createSecurityGroup(cloud, "g", true);
    const [bastionPort, nodePort] = [portIn(front, undefined, [group.id]), portIn(back, undefined, [group.id])];
    const [bastion, node] = [instanceAt(bastionPort.id), instanceAt(nodePort.id)];
    const outer = createRouter(cloud, "outer", external);
    const inner = createRouter(cloud, "inner", undefined);
    addInterface(cloud, outer.id, { subnetId: front.subnet.id, portId: undefined });
    addInterface(cloud, inner.id, { subnetId: back.subnet.id, portId: undefined });
    addInterface(cloud, inner.id, { subnetId: undefined, portId: portIn(front, "10.0.0.254").id });
    const floating = createFloatingIp(cloud, "public");
    associate(cloud, floating, bastionPort.id, undefined);
    const address = nodePort.fixedIps[0]?.address ?? "";

    expect(instanceFromOutside(cloud, floating.address, 22)).toBeUndefined();
    addRule(cloud, group.id, ssh);
    expect(instanceFromOutside(cloud, floating.address, 22)).toBe(bastion);
    expect(instanceFromOutside(cloud, floating.address, 6443)).toBeUndefined();
    expect(instanceFromInside(cloud, bastion, address, 22)).toBeUndefined();
    addRoute(cloud, outer.id, "10.1.0.0/24", "10.0.0.254");
    expect(instanceFromInside(cloud, bastion, address, 22)).toBe(node);
  });
});

describe("security groups", () => {
  it("refuse a rule twice, and to go while a port has them", () => {
    const group = createSecurityGroup(cloud, "g", false);
    addRule(cloud, group.id, ssh);
    expect(() => addRule(cloud, group.id, ssh)).toThrow("already exists");
    portIn(place("front", "10.0.0.0/24"), undefined, [group.id]);
    expect(() => deleteSecurityGroup(cloud, group.id)).toThrow("in use");
  });
});
