import { caRoot } from "./company-root.ts";
import { type Config, change, stackFileConfig } from "./stack-files.ts";

type Changes = Readonly<Record<string, unknown>>;

/** A setting of a stack that stands, changed. */
export interface LaterChange {
  /** As docs/change.md writes it; of a site's settings with its kind before it. */
  readonly setting: string;
  readonly before: Config;
  readonly after: Config;
}

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJPjYup0ApdpQoqmiCNiZ0pimAFWvdvPVx1AP4eohe12";

/** A change of a stack file of this repository, or of that with some settings more. */
const of =
  (stack: "pi" | "dev", prefix = "") =>
  (setting: string, after: Changes, more: Changes = {}): LaterChange => {
    const before = change(stackFileConfig(stack), more);
    return { setting: `${prefix}${setting}`, before, after: change(before, after) };
  };

/** Several settings of one entry, which are changed as one. */
const each = (settings: readonly string[], one: (setting: string) => LaterChange) => settings.map(one);

const taint = { key: "example.org/a", value: "b", effect: "NoSchedule" };
const taintsOf = (one: (setting: string) => LaterChange, path: string) =>
  each(
    ["key", "value", "effect"].map((name) => `${path}.taints[].${name}`),
    one,
  );

const machine = of("pi", "machines ");

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

const cloud = of("dev", "openstack ");

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

const pi = of("pi");
const dev = of("dev");
const s3 = { endpoint: "s3.example.org", bucket: "shop", region: "b", folder: "c", accessKey: "d" };
const onNfs = { "apps.odoo.filestore": { size: "10Gi", storageClass: "nfs-client" } };
const acme = { authority: "letsEncrypt", environment: "production", email: "a@shop.berlin" };
const publicNames = {
  "platform.certificates": acme,
  "platform.ingress.dashboard.host": "traefik.shop.berlin",
  "apps.odoo.expose.host": "odoo.shop.berlin",
  "apps.edge.expose.host": "edge.shop.berlin",
};
const byDns = (dnsChallenge: object) => ({
  "platform.certificates": { ...acme, caServer: "https://ca.example.org/directory", dnsChallenge },
});
const company = { "platform.certificates": { ...acme, caServer: "https://ca.example.org/directory" } };

const cluster: readonly LaterChange[] = [
  pi("cluster.distribution", { "cluster.distribution": "kubeadm", "cluster.version": "1.36.3" }),
  pi("cluster.version", { "cluster.version": "v1.36.6+k3s1" }),
  pi("cluster.previousVersion", { "cluster.previousVersion": "v1.36.4+k3s1" }),
  dev("cluster.cni", { "cluster.cni": "flannel" }),
  pi("cluster.flannelBackend", { "cluster.flannelBackend": "vxlan" }),
  pi("cluster.podCidr", { "cluster.podCidr": "10.60.0.0/16" }),
  pi("cluster.serviceCidr", { "cluster.serviceCidr": "10.61.0.0/16" }),
  pi("cluster.secretsEncryption", { "cluster.secretsEncryption": false }),
  dev("cluster.schedulableServers", { "cluster.schedulableServers": true }),
  pi("cluster.etcdSnapshots.schedule", { "cluster.etcdSnapshots.schedule": "0 3 * * *" }),
  pi("cluster.etcdSnapshots.retention", { "cluster.etcdSnapshots.retention": 5 }),
  ...each(["endpoint", "bucket", "region", "folder", "accessKey"], (name) =>
    pi(`cluster.etcdSnapshots.s3.${name}`, { "cluster.etcdSnapshots.s3": s3 }),
  ),
  pi("cluster.apiServerNames", { "cluster.apiServerNames": ["api.shop.berlin"] }),
  pi("cluster.drainTimeoutSeconds", { "cluster.drainTimeoutSeconds": 60 }),
  ...Object.entries({
    statusUpdateSeconds: 5,
    monitorGraceSeconds: 20,
    leaderElectionSeconds: 15,
    tolerationSeconds: 60,
  }).map(([name, seconds]) => pi(`cluster.nodeLoss.${name}`, { [`cluster.nodeLoss.${name}`]: seconds })),
  pi("cluster.etcdDisk.maxFdatasyncMilliseconds", { "cluster.etcdDisk.maxFdatasyncMilliseconds": 20 }),
  pi("cluster.etcdDisk.allowSlow", { "cluster.etcdDisk.allowSlow": true }),
  pi("cluster.virtualRouterId", { "cluster.virtualRouterId": 52 }),
];

const platform: readonly LaterChange[] = [
  pi("platform.loadBalancer", {
    "platform.loadBalancer": "none",
    "apps.odoo.expose": { by: "nodePort", port: 30400 },
  }),
  pi("platform.ingress.kind", { "platform.ingress": { kind: "traefik" } }),
  dev("platform.ingress.address", { "platform.ingress.address": "3.7.12.201" }),
  dev("platform.ingress.dashboard.host", { "platform.ingress.dashboard.host": "dashboard.grappe.test" }),
  dev("platform.ingress.dashboard.user", { "platform.ingress.dashboard.user": "root" }),
  dev("platform.ingress.persistence.size", { "platform.ingress.persistence.size": "256Mi" }),
  dev("platform.ingress.persistence.storageClass", { "platform.ingress.persistence.storageClass": "local-path" }),
  dev("platform.certificates.authority", company),
  dev("platform.certificates.environment", { "platform.certificates.environment": "staging" }, publicNames),
  dev("platform.certificates.email", { "platform.certificates.email": "b@shop.berlin" }, company),
  dev("platform.certificates.caServer", { "platform.certificates.caServer": "https://ca.example.org/new" }, company),
  dev("platform.certificates.caRoot", { "platform.certificates.caRoot": caRoot }, company),
  ...Object.entries({
    provider: { provider: "hetzner" },
    resolvers: { provider: "cloudflare", resolvers: ["198.51.100.53"] },
    "propagation.delaySeconds": { provider: "cloudflare", propagation: { delaySeconds: 60 } },
    "propagation.asked": { provider: "cloudflare", propagation: { asked: "none" } },
  }).map(([name, changed]) =>
    dev(`platform.certificates.dnsChallenge.${name}`, byDns(changed), byDns({ provider: "cloudflare" })),
  ),
  dev("platform.ingress.externalTrafficPolicy", { "platform.ingress.externalTrafficPolicy": "Cluster" }),
  dev("platform.ingress.forwardedHeaders.trustedIPs", {
    "platform.ingress.forwardedHeaders.trustedIPs": ["198.51.100.0/24"],
  }),
  dev("platform.ingress.proxyProtocol.trustedIPs", {
    "platform.ingress.proxyProtocol.trustedIPs": ["198.51.100.7/32"],
  }),
  pi("platform.storage.local.path", { "platform.storage.local.path": "/srv/volumes" }),
  dev("platform.storage.nfs.kind", { "platform.storage.nfs": { kind: "existing", server: "nas", path: "/srv/nfs" } }),
  dev("platform.storage.nfs.host", { "platform.storage.nfs.host": "space-2-1" }),
  dev("platform.storage.nfs.path", { "platform.storage.nfs.path": "/srv/files" }),
  dev("platform.storage.nfs.allowedCidrs", { "platform.storage.nfs.allowedCidrs": ["198.51.100.0/24"] }),
  dev("platform.storage.nfs.idmapDomain", { "platform.storage.nfs.idmapDomain": "shop.berlin" }),
  dev(
    "platform.storage.nfs.server",
    { "platform.storage.nfs.server": "nas-2" },
    { "platform.storage.nfs": { kind: "existing", server: "nas", path: "/files" } },
  ),
  dev("platform.storage.defaultClass", { "platform.storage.defaultClass": "local-path" }),
  pi("platform.storage.onDelete", { "platform.storage.onDelete": "delete" }),
];

/** An application is reached by another way, whatever of it changes. */
const exposed = (app: string, stack: typeof pi) =>
  each(["by", "address", "externalTrafficPolicy", "host", "port"], (name) =>
    stack(`apps.${app}.expose.${name}`, { [`apps.${app}.expose`]: { by: "nodePort", port: 30444 } }),
  );

const apps: readonly LaterChange[] = [
  pi("apps.odoo.image", { "apps.odoo.image": "docker.io/library/odoo:19.0-20260901" }),
  pi("apps.odoo.modules", { "apps.odoo.modules": ["point_of_sale", "stock"] }),
  pi("apps.odoo.database", { "apps.odoo.database": "shop" }),
  pi("apps.odoo.language", { "apps.odoo.language": "de_DE" }),
  pi("apps.odoo.country", { "apps.odoo.country": "AT" }),
  pi("apps.odoo.pointOfSale.name", { "apps.odoo.pointOfSale.name": "Counter" }),
  pi("apps.odoo.pointOfSale.cashiers", { "apps.odoo.pointOfSale.cashiers": ["anna", "clara"] }),
  pi("apps.odoo.pointOfSale.passwordRevision", { "apps.odoo.pointOfSale.passwordRevision": 2 }),
  pi("apps.odoo.pointOfSale.products", { "apps.odoo.pointOfSale.products": "other.csv" }),
  pi("apps.odoo.adminLogin", { "apps.odoo.adminLogin": "boss" }),
  pi("apps.odoo.passwordRevision", { "apps.odoo.passwordRevision": 2 }),
  pi("apps.odoo.replicas", { "apps.odoo.replicas": 2 }),
  pi("apps.odoo.workers", { "apps.odoo.workers": 4 }),
  pi("apps.odoo.filestore.size", { "apps.odoo.filestore.size": "20Gi" }, onNfs),
  pi(
    "apps.odoo.filestore.storageClass",
    { "apps.odoo.filestore.storageClass": "local-path", "apps.odoo.filestoreAccessMode": "ReadWriteOnce" },
    onNfs,
  ),
  pi("apps.odoo.filestore.moveToDatabase", { "apps.odoo.filestore.moveToDatabase": true }, onNfs),
  pi("apps.odoo.filestoreAccessMode", { "apps.odoo.filestoreAccessMode": "ReadWriteOnce" }, onNfs),
  pi("apps.odoo.postgres.instances", { "apps.odoo.postgres.instances": 1 }),
  pi("apps.odoo.postgres.size", { "apps.odoo.postgres.size": "20Gi" }),
  dev("apps.odoo.postgres.storageClass", { "apps.odoo.postgres.storageClass": "nfs-client" }),
  ...exposed("odoo", pi),
  dev("apps.calculator.image", { "apps.calculator.image": "registry.example.org/calculator:1.1" }),
  dev("apps.calculator.replicas", { "apps.calculator.replicas": 3 }),
  ...exposed("calculator", dev),
  dev("apps.edge.image", { "apps.edge.image": "registry.example.org/edge:1.1" }),
  dev("apps.edge.replicas", { "apps.edge.replicas": 4 }),
  dev("apps.edge.placement", { "apps.edge.placement": { PoP: "space_2" } }),
  ...exposed("edge", dev),
];

const registry = { endpoints: ["https://mirror.example.org"], username: "shop" };

const artifactsAndSecrets: readonly LaterChange[] = [
  pi("artifacts.bundle", { "artifacts.bundle": "bundle" }),
  pi("artifacts.mirrors", { "artifacts.mirrors": { "https://dl.k8s.io": "https://mirror.example.org" } }),
  ...each(["artifacts.registries.*.endpoints", "artifacts.registries.*.username"], (setting) =>
    pi(setting, { "artifacts.registries": { "docker.io": registry } }),
  ),
  ...each(
    [
      "sshPrivateKey",
      "applicationCredentialSecret",
      "etcdS3SecretKey",
      "dnsCredentials",
      "proxyPassword",
      "registryPasswords",
    ],
    (setting) => pi(setting, {}),
  ),
];

/** For every setting there is, one change of it on a stack that stands. */
export const laterChanges: readonly LaterChange[] = [
  ...machines,
  ...openstack,
  ...cluster,
  ...platform,
  ...apps,
  ...artifactsAndSecrets,
];
