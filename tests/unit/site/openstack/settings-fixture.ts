import { output } from "@pulumi/pulumi";
import { apiAddressOf } from "../../../../components/settings/allocation/api-address.ts";
import { hostPlans } from "../../../../components/settings/allocation/hosts.ts";
import { apps } from "../../../../components/settings/schema/apps.ts";
import { artifacts } from "../../../../components/settings/schema/artifacts.ts";
import { cluster } from "../../../../components/settings/schema/cluster.ts";
import { openstackSite } from "../../../../components/settings/schema/openstack-site.ts";
import { platform } from "../../../../components/settings/schema/platform.ts";
import type { Settings } from "../../../../components/settings/settings.ts";

const machine = { flavor: "m1.medium", image: "debian-13" };

/** System 4's network: two subnets, the second behind a router of its own. */
export const systemFour = {
  kind: "openstack",
  cloud: "university",
  externalNetwork: "public",
  networks: [
    {
      name: "private",
      subnets: [
        { name: "front", cidr: "3.7.12.0/24", publicRange: true, dnsNameservers: ["9.9.9.9"] },
        { name: "back", cidr: "4.7.12.0/24", publicRange: true },
      ],
    },
  ],
  routers: [
    { name: "edge", external: true, interfaces: [{ subnet: "front" }] },
    { name: "inner", interfaces: [{ subnet: "front", address: "3.7.12.254" }, { subnet: "back" }] },
  ],
  adminCidrs: ["198.51.100.0/24"],
  servers: { ...machine, subnet: "front", count: 3 },
  agentPools: [
    { name: "space-1", ...machine, subnet: "front", count: 1, labels: { PoP: "space_1" } },
    { name: "space-2", ...machine, subnet: "back", count: 1, labels: { PoP: "space_2" } },
  ],
  bastion: { ...machine, flavor: "m1.tiny", subnet: "front" },
  apiAddress: "3.7.12.200",
  loadBalancerPool: ["3.7.12.208-3.7.12.223"],
  floatingIps: { api: true, ingress: true },
  portForwards: [{ externalPort: 2222, host: "space-1-1", internalPort: 22 }],
  openPorts: [{ protocol: "tcp", from: 50000, to: 50050, cidr: "0.0.0.0/0" }],
};

/** The smallest site: a server and a bastion. */
export const minimal = {
  kind: "openstack",
  cloud: "home",
  externalNetwork: "public",
  networks: [{ name: "lan", subnets: [{ name: "lan", cidr: "10.0.0.0/24" }] }],
  routers: [{ name: "edge", external: true, interfaces: [{ subnet: "lan" }] }],
  adminCidrs: ["198.51.100.7/32"],
  servers: { ...machine, subnet: "lan", count: 1 },
  bastion: { ...machine, subnet: "lan" },
};

export interface Rooms {
  readonly site?: object;
  readonly cluster?: object;
  readonly platform?: object;
}

/** Settings as the settings room gives them for these rooms. */
export function settingsOf(rooms: Rooms): Settings {
  const site = openstackSite.parse(rooms.site ?? minimal);
  const parsed = cluster.parse({ distribution: "kubeadm", version: "1.36.3", cni: "calico", ...rooms.cluster });
  return {
    stack: "test",
    site,
    cluster: parsed,
    platform: platform.parse(rooms.platform ?? { ingress: {} }),
    apps: apps.parse({}),
    artifacts: artifacts.parse({}),
    products: {},
    hosts: hostPlans(site, parsed),
    apiAddress: apiAddressOf(site),
    applicationSecrets: {},
    secrets: { sshPrivateKey: output("PRIVATE KEY") },
    sshPublicKey: "ssh-ed25519 AAAA admin",
  };
}
