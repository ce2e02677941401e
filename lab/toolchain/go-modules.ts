import { join } from "node:path";
import type { GoModule } from "../../runtime/toolchain/go-module-definition.ts";

/**
 * Name of a folder beside this file: a Go module whose `tool` dependencies are programs, pinned by its go.mod and go.sum.
 * `pause`, `csi-driver-nfs` and `openstack-provider` are those whose program is written here.
 */
export type GoModuleName =
  | "barman-cloud"
  | "cloudnative-pg"
  | "cni"
  | "coredns"
  | "csi-driver-nfs"
  | "csi-provisioner"
  | "csi-resizer"
  | "etcd"
  | "kubernetes"
  | "local-path-provisioner"
  | "metallb"
  | "metrics-server"
  | "openstack-provider"
  | "pause"
  | "pebble"
  | "registry"
  | "traefik"
  | "versitygw";

/** What distinguishes the modules; everything else about them stands in their go.mod. */
const definitions: Readonly<Record<GoModuleName, Omit<GoModule, "name" | "folder"> & Partial<GoModule>>> = {
  // Says its version by itself, as the release's constants are in the module.
  "barman-cloud": { versionOf: "github.com/cloudnative-pg/plugin-barman-cloud", stamps: () => ({}) },
  "cloudnative-pg": { versionOf: "github.com/cloudnative-pg/cloudnative-pg", stamps: () => ({}) },
  cni: {
    versionOf: "github.com/containernetworking/plugins",
    stamps: ({ text }) => ({ "github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion": text }),
  },
  coredns: { versionOf: "github.com/coredns/coredns", stamps: () => ({}) },
  // The release whose programs these stand in for.
  "csi-driver-nfs": { versionOf: { fixed: "v4.13.4" }, packages: "./...", stamps: () => ({}) },
  "csi-provisioner": {
    versionOf: "github.com/kubernetes-csi/external-provisioner/v6",
    stamps: ({ text }) => ({ "main.version": text }),
  },
  "csi-resizer": {
    versionOf: "github.com/kubernetes-csi/external-resizer/v2",
    stamps: ({ text }) => ({ "main.version": text }),
  },
  etcd: { versionOf: "go.etcd.io/etcd/server/v3", stamps: () => ({}) },
  kubernetes: {
    versionOf: "k8s.io/kubernetes",
    stamps: ({ text, major, minor }) => ({
      "k8s.io/component-base/version.gitVersion": text,
      "k8s.io/component-base/version.gitMajor": major,
      "k8s.io/component-base/version.gitMinor": minor,
      "k8s.io/component-base/version.gitTreeState": "clean",
    }),
  },
  "local-path-provisioner": {
    versionOf: "github.com/rancher/local-path-provisioner",
    stamps: ({ text }) => ({ "main.VERSION": text }),
  },
  metallb: { versionOf: "go.universe.tf/metallb", stamps: () => ({}) },
  "metrics-server": {
    versionOf: "sigs.k8s.io/metrics-server",
    stamps: ({ text }) => ({ "k8s.io/component-base/version.gitVersion": text }),
  },
  "openstack-provider": {
    versionOf: "github.com/terraform-provider-openstack/terraform-provider-openstack",
    packages: ".",
    folder: join(import.meta.dirname, "..", "cloud", "provider"),
    patch: "shorter-waits.patch",
    stamps: () => ({}),
  },
  // The release of Kubernetes's pause image that this program stands in for.
  pause: { versionOf: { fixed: "v3.10.2" }, packages: ".", stamps: () => ({}) },
  pebble: { versionOf: "github.com/letsencrypt/pebble/v2", stamps: () => ({}) },
  registry: {
    versionOf: "github.com/distribution/distribution/v3",
    stamps: ({ text }) => ({ "github.com/distribution/distribution/v3/version.version": text }),
  },
  traefik: {
    versionOf: "github.com/traefik/traefik/v3",
    // Its providers of the DNS challenge bring hundreds of companies' libraries, of which some aren't to be had.
    partly: {
      module: "github.com/go-acme/lego/v5@v5.3.1",
      sum: "h1:xYT4CLZecfsFYJ3G94Z3alJn6oBlUrGYJH5rpGfo5YE=",
      folder: "lego",
      paths: [
        ...["acme", "certcrypto", "certificate", "challenge", "internal", "lego", "log", "platform", "registration"],
        ...["cloudflare", "exec", "httpreq", "internal", "manual"].map((name) => `providers/dns/${name}`),
      ],
    },
    stamps: ({ text }) => ({ "github.com/traefik/traefik/v3/pkg/version.Version": text.replace(/^v/, "") }),
  },
  versitygw: { versionOf: "github.com/versity/versitygw", stamps: ({ text }) => ({ "main.Version": text }) },
};

/** The modules of what bundles and labs are made of, by name. */
export const goModules = Object.fromEntries(
  Object.entries(definitions).map(([name, definition]) => [
    name,
    { name, folder: join(import.meta.dirname, name), ...definition },
  ]),
) as Readonly<Record<GoModuleName, GoModule>>;
