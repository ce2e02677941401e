import { changeOf, each, type LaterChange } from "./later-change.ts";
import { stackFileConfig } from "./stack-files.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJPjYup0ApdpQoqmiCNiZ0pimAFWvdvPVx1AP4eohe12";

const taint = { key: "example.org/a", value: "b", effect: "NoSchedule" };
const taintsOf = (one: (setting: string) => LaterChange, path: string) =>
  each(
    ["key", "value", "effect"].map((name) => `${path}.taints[].${name}`),
    one,
  );

const machine = changeOf("pi", "machines ");

const proxy = { url: "http://proxy.example.org:3128" };
/** Of either kind of site: a proxy that comes, and one of which something changes. */
const proxies = (one: typeof machine): readonly LaterChange[] => [
  one("site.proxy.url", { "site.proxy": proxy }),
  one("site.proxy.noProxy", { "site.proxy.noProxy": [".shop.lan"] }, { "site.proxy": proxy }),
  one("site.proxy.user", { "site.proxy.user": "shop" }, { "site.proxy": proxy }),
];

const machines: readonly LaterChange[] = [
  { setting: "machines site.kind", before: stackFileConfig("pi"), after: stackFileConfig("dev") },
  machine("site.network", { "site.network": "192.168.0.0/16" }),
  machine("site.publicRange", { "site.publicRange": true }),
  machine("site.gateway", { "site.gateway": "192.168.1.254" }),
  machine("site.nameServers", { "site.nameServers": ["192.168.1.254"] }),
  machine("site.dhcpRange", { "site.dhcpRange": "192.168.1.210-192.168.1.249" }),
  machine("site.loadBalancerPool", { "site.loadBalancerPool": ["192.168.1.150-192.168.1.180"] }),
  machine("site.apiAddress", { "site.apiAddress": "192.168.1.9" }),
  machine("site.publicAddress", { "site.publicAddress": "shop.example.org" }),
  ...proxies(machine),
  machine("site.user", { "site.user": "pi" }),
  machine("site.environment", { "site.environment": "container" }),
  machine("site.hosts[].name", { "site.hosts.0.name": "pi-9" }),
  machine("site.hosts[].role", { "site.hosts.2.role": "agent", "site.hosts.1": undefined }),
  machine("site.hosts[].address", { "site.hosts.0.address": "192.168.1.31" }),
  machine("site.hosts[].port", { "site.hosts.4.port": 2222 }),
  machine("site.hosts[].user", { "site.hosts.4.user": "pi" }),
  machine("site.hosts[].privateAddress", { "site.hosts.0.privateAddress": "192.168.1.31" }),
  machine("site.hosts[].hostKey", { "site.hosts.4.hostKey": hostKey }),
  machine("site.hosts[].architecture", { "site.hosts.4.architecture": "amd64" }),
  machine("site.hosts[].labels", { "site.hosts.4.labels": { shelf: "2" } }),
  ...taintsOf((setting) => machine(setting, { "site.hosts.4.taints": [taint] }), "site.hosts[]"),
  machine("site.hosts[].environment", { "site.hosts.0.environment": "container" }),
  machine("site.hosts[].failureDomain", { "site.hosts.4.failureDomain": "cellar" }),
  machine(
    "site.hosts[].podSubnet",
    { "site.hosts.4.podSubnet": "10.42.250.0/24" },
    { "cluster.distribution": "kubeadm", "cluster.version": "1.36.3", "cluster.cni": "routed" },
  ),
];

const cloud = changeOf("dev", "openstack ");

/** Settings of a kind of machine, in the list `path` (or at it), as the documentation writes it. */
function machineType(documented: string, path: string): LaterChange[] {
  const one = (name: string, value: unknown) => cloud(`${documented}.${name}`, { [`${path}.${name}`]: value });
  const volume = { [`${path}.bootVolume`]: { sizeGiB: 20, type: "fast" } };
  return [
    one("flavor", "m1.large"),
    one("image", "debian-13"),
    one("architecture", "arm64"),
    cloud(`${documented}.bootVolume.sizeGiB`, { [`${path}.bootVolume.sizeGiB`]: 30 }, volume),
    cloud(`${documented}.bootVolume.type`, { [`${path}.bootVolume.type`]: "slow" }, volume),
  ];
}

const nodeSettings = (documented: string, path: string): LaterChange[] => [
  cloud(`${documented}.labels`, { [`${path}.labels`]: { PoP: "space_2", shelf: "2" } }),
  ...taintsOf((setting) => cloud(setting, { [`${path}.taints`]: [taint] }), documented),
];

const forward = { externalPort: 2201, host: "space-1-1", internalPort: 22 };

const openstack: readonly LaterChange[] = [
  { setting: "openstack site.kind", before: stackFileConfig("dev"), after: stackFileConfig("pi") },
  cloud("site.cloud", { "site.cloud": "other" }),
  ...each(["site.applicationCredential.authUrl", "site.applicationCredential.id"], (setting) =>
    cloud(setting, {
      "site.cloud": undefined,
      "site.applicationCredential": { authUrl: "https://cloud.example.org:5000", id: "abc" },
    }),
  ),
  cloud("site.region", { "site.region": "Two" }, { "site.region": "One" }),
  cloud("site.externalNetwork", { "site.externalNetwork": "other" }),
  cloud("site.networks[].name", { "site.networks.0.name": "shop" }),
  cloud("site.networks[].mtu", { "site.networks.0.mtu": 1400 }),
  cloud("site.networks[].subnets[].name", {
    "site.networks.1.subnets.0.name": "rear",
    "site.routers.1.interfaces.1.subnet": "rear",
    "site.agentPools.1.subnet": "rear",
  }),
  cloud("site.networks[].subnets[].cidr", { "site.networks.1.subnets.0.cidr": "4.7.13.0/24" }),
  cloud(
    "site.networks[].subnets[].publicRange",
    { "site.networks.1.subnets.0.publicRange": true },
    { "site.networks.1.subnets.0.cidr": "10.7.13.0/24", "site.networks.1.subnets.0.publicRange": false },
  ),
  cloud("site.networks[].subnets[].gateway", { "site.networks.1.subnets.0.gateway": "4.7.12.5" }),
  cloud("site.networks[].subnets[].dnsNameservers", { "site.networks.1.subnets.0.dnsNameservers": ["1.1.1.1"] }),
  cloud("site.routers[].name", { "site.routers.1.name": "middle" }),
  cloud("site.routers[].external", { "site.routers.0.external": false, "site.routers.1.external": true }),
  cloud("site.routers[].interfaces[].subnet", {
    "site.networks.2": { name: "side", subnets: [{ name: "side", cidr: "10.7.14.0/24" }] },
    "site.routers.1.interfaces.2": { subnet: "side" },
  }),
  cloud("site.routers[].interfaces[].address", { "site.routers.1.interfaces.0.address": "3.7.12.253" }),
  ...proxies(cloud),
  cloud("site.user", { "site.user": "shop" }),
  cloud("site.environment", { "site.environment": "container" }),
  cloud("site.adminCidrs", { "site.adminCidrs": ["198.51.100.0/24"] }),
  cloud("site.ingressCidrs", { "site.ingressCidrs": ["198.51.100.0/24"] }),
  ...machineType("site.servers", "site.servers"),
  cloud("site.servers.subnet", {
    "site.servers.subnet": "back",
    "site.apiAddress": "4.7.12.240",
    "site.loadBalancerPool": ["4.7.12.200-4.7.12.239"],
    "platform.ingress.address": "4.7.12.200",
  }),
  cloud(
    "site.servers.availabilityZones",
    { "site.servers.availabilityZones": ["a", "b"] },
    { "site.servers.count": 3 },
  ),
  cloud("site.servers.count", { "site.servers.count": 3 }),
  cloud("site.servers.spread", { "site.servers.spread": "preferred" }),
  cloud("site.servers.firstAddress", { "site.servers.firstAddress": "3.7.12.50" }),
  ...nodeSettings("site.servers", "site.servers"),
  cloud("site.agentPools[].name", { "site.agentPools.1.name": "space-3" }),
  ...machineType("site.agentPools[]", "site.agentPools.0"),
  cloud("site.agentPools[].subnet", { "site.agentPools.1.subnet": "front" }),
  cloud("site.agentPools[].availabilityZones", { "site.agentPools.0.availabilityZones": ["a"] }),
  cloud("site.agentPools[].count", { "site.agentPools.0.count": 2 }),
  cloud("site.agentPools[].firstAddress", { "site.agentPools.0.firstAddress": "3.7.12.60" }),
  ...nodeSettings("site.agentPools[]", "site.agentPools.1"),
  ...machineType("site.bastion", "site.bastion"),
  cloud("site.bastion.subnet", { "site.bastion.subnet": "back" }),
  cloud("site.bastion.availabilityZones", { "site.bastion.availabilityZones": ["a"] }),
  cloud("site.bastion.address", { "site.bastion.address": "3.7.12.8" }),
  cloud("site.apiAddress", { "site.apiAddress": "3.7.12.241" }),
  cloud("site.loadBalancerPool", { "site.loadBalancerPool": ["3.7.12.200-3.7.12.230"] }),
  cloud("site.floatingIps.api", { "site.floatingIps.api": false }),
  cloud("site.floatingIps.ingress", { "site.floatingIps.ingress": false }),
  ...each(["externalPort", "protocol", "host", "address", "internalPort"], (name) =>
    cloud(`site.portForwards[].${name}`, { "site.portForwards": [forward] }),
  ),
  ...each(["protocol", "from", "to", "cidr"], (name) => cloud(`site.openPorts[].${name}`, { "site.openPorts": [] })),
];

/** For every setting of a site there is, of either kind, one change of it. */
export const laterChangesOfSite: readonly LaterChange[] = [...machines, ...openstack];
