import { join } from "node:path";

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
  | "helm"
  | "kubernetes"
  | "local-path-provisioner"
  | "metallb"
  | "metrics-server"
  | "openstack-provider"
  | "pause"
  | "pebble"
  | "pulumi"
  | "registry"
  | "traefik"
  | "versitygw";

/** What the build of a module's programs needs to know besides its go.mod. */
export interface GoModule {
  /** The module among its requirements whose version is the programs' version; or that version itself, of our own code. */
  readonly versionOf: string | { readonly fixed: string };
  /** What is built, as `go build` takes it. Default: the module's tools. */
  readonly packages?: string;
  /** Where it lies. Default: the folder of its name beside this file. */
  readonly folder?: string;
  /** A patch in the folder, of what the module requires: paths below `vendor`. */
  readonly patch?: string;
  /** A module of which only some folders are taken: those of ours beside go.mod, by which it is replaced, are filled up from it. */
  readonly partly?: PartlyTaken;
  /** Linker variables that tell the programs which version they are. */
  readonly stamps: (version: SemanticVersion) => Readonly<Record<string, string>>;
}

/** A module that is copied in part into a folder, beside what stands there. */
export interface PartlyTaken {
  readonly module: string;
  /** The hash of the whole module, as go.sum would have it. */
  readonly sum: string;
  /** The folder of ours. */
  readonly folder: string;
  /** What is copied into it, below the module's root; without tests. */
  readonly paths: readonly string[];
}

/** A version as go.mod has it (`text`, `v1.36.3`) and its parts. */
export interface SemanticVersion {
  readonly text: string;
  readonly major: string;
  readonly minor: string;
}

/** What distinguishes the modules; everything else about them stands in their go.mod. */
export const goModules: Readonly<Record<GoModuleName, GoModule>> = {
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
  helm: {
    versionOf: "helm.sh/helm/v3",
    stamps: ({ text }) => ({ "helm.sh/helm/v3/internal/version.version": text }),
  },
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
  pulumi: {
    versionOf: "github.com/pulumi/pulumi/pkg/v3",
    stamps: ({ text }) => ({ "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": text }),
  },
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
