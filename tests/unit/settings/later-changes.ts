import { caRoot } from "./company-root.ts";
import { changeOf, each, type LaterChange } from "./later-change.ts";
import { laterChangesOfDeclared } from "./later-changes-of-declared.ts";
import { laterChangesOfSite } from "./later-changes-of-site.ts";

const pi = changeOf("pi");
const dev = changeOf("dev");
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
  pi("cluster.requireNetworkPolicies", { "cluster.requireNetworkPolicies": true }),
  pi("cluster.kubeProxy", { "cluster.kubeProxy": false }, { "cluster.cni": "cilium" }),
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

const backup = { "platform.backup": { s3: { bucket: "shop", accessKey: "AK" } } };
const backups: readonly LaterChange[] = [
  ...Object.entries({
    "s3.endpoint": "s3.example.org:9000",
    "s3.bucket": "other",
    "s3.region": "eu-central-1",
    "s3.folder": "shops",
    "s3.accessKey": "B",
    "s3.certificateAuthority": caRoot,
    "s3.encryption": "AES256",
    schedule: "0 3 * * SUN",
    retentionDays: 90,
    recoveryPointSeconds: 10,
  }).map(([name, value]) => pi(`platform.backup.${name}`, { [`platform.backup.${name}`]: value }, backup)),
  pi("apps.odoo.backup", { "apps.odoo.backup": false }, backup),
  pi("apps.odoo.restore.from", { "apps.odoo.restore": { from: "shop-odoo-1f0c9a7e" } }, backup),
  pi(
    "apps.odoo.restore.at",
    { "apps.odoo.restore.at": "2026-01-02T03:04:05Z" },
    { ...backup, "apps.odoo.restore": { from: "shop-odoo-1f0c9a7e" } },
  ),
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
  pi("apps.odoo.rpcAllowedCidrs", { "apps.odoo.rpcAllowedCidrs": ["192.168.1.0/24"] }),
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
      "backupSecretKey",
      "dnsCredentials",
      "proxyPassword",
      "registryPasswords",
    ],
    (setting) => pi(setting, {}),
  ),
];

/** For every setting there is, one change of it on a stack that stands. */
export const laterChanges: readonly LaterChange[] = [
  ...laterChangesOfSite,
  ...cluster,
  ...platform,
  ...backups,
  ...apps,
  ...laterChangesOfDeclared,
  ...artifactsAndSecrets,
];
