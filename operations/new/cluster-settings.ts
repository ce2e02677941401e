import type { ApplicationName, ClusterChoice } from "./cluster-choice.ts";
import { type Entry, entry, nothing } from "./commented-yaml.ts";

/** What stands on the machines, whichever kind they are. */
export interface Deployment {
  readonly cluster: ClusterChoice;
  readonly applications: readonly ApplicationName[];
  /** Folder of the bundle that everything is installed from; absent: from the publishers. */
  readonly bundle?: string;
  /** Nodes that take workloads. */
  readonly workers: number;
  /** The disk below is whatever the computer has that the containers are on. */
  readonly acceptSlowDisk: boolean;
  /** Servers run workloads, too. */
  readonly schedulableServers: boolean;
  /** MetalLB gives out the site's pool. */
  readonly loadBalancer: boolean;
  /** How Odoo is reached, where it is deployed. */
  readonly odooExposure?: OdooExposure;
}

export type OdooExposure =
  | { readonly by: "loadBalancer"; readonly address: string }
  | { readonly by: "ingress"; readonly host: string; readonly ingressAddress: string }
  | { readonly by: "nodePort"; readonly port: number };

/** The node ports at which our own applications are reached. */
export const nodePorts: Readonly<Record<ApplicationName, number>> = { odoo: 30069, calculator: 30500, edge: 30600 };

function cniComment({ cni, flannelBackend }: ClusterChoice): string {
  if (cni === "routed") return "Plain routes between the nodes' pod subnets: no overlay, no image.";
  if (flannelBackend === "host-gw")
    return "All nodes are on one switch: routes to the other nodes' pods are faster than tunnels.";
  return "Pods' packets travel between the nodes in tunnels.";
}

/** `grappe:cluster`, `grappe:platform`, `grappe:apps` and `grappe:artifacts` of a new stack file (pure). */
export function deploymentEntries(deployment: Deployment): readonly Entry[] {
  return [
    ...entry("grappe:cluster", clusterEntries(deployment), undefined, true),
    ...entry("grappe:platform", platformEntries(deployment), undefined, true),
    ...entry("grappe:apps", applicationEntries(deployment), undefined, true),
    ...artifactEntries(deployment),
  ];
}

function clusterEntries({ cluster, schedulableServers, acceptSlowDisk }: Deployment): readonly Entry[] {
  return [
    ...entry("distribution", cluster.distribution),
    ...entry(
      "version",
      cluster.version,
      "To upgrade: write the version that runs now into `previousVersion`, change `version`, then up.",
    ),
    ...entry("cni", cluster.cni, cniComment(cluster)),
    ...entry("flannelBackend", cluster.flannelBackend),
    ...entry("podCidr", cluster.podCidr, "Pods' and Services' own networks; nothing outside of the cluster sees them."),
    ...entry("serviceCidr", cluster.serviceCidr),
    ...entry("schedulableServers", schedulableServers, "Whether servers run applications, too."),
    ...(acceptSlowDisk
      ? entry("etcdDisk", [...entry("allowSlow", true)], "The disk below the containers is whatever that computer has.")
      : []),
  ];
}

/** The ingress that Odoo is reached by, where it is deployed and reached so (pure). */
export function ingressOf({ applications, odooExposure }: Deployment) {
  return applications.includes("odoo") && odooExposure?.by === "ingress" ? odooExposure : undefined;
}

function platformEntries(deployment: Deployment): readonly Entry[] {
  const { loadBalancer, applications } = deployment;
  const hasOdoo = applications.includes("odoo");
  const ingress = ingressOf(deployment);
  return [
    ...entry(
      "loadBalancer",
      loadBalancer ? "metallb" : "none",
      loadBalancer
        ? "MetalLB answers on the network for the addresses of the pool."
        : "Applications are reached by ports of the nodes: MetalLB isn't in the bundle, or there is no pool.",
    ),
    ...(ingress !== undefined
      ? [
          ...entry("ingress", [...entry("kind", "traefik"), ...entry("address", ingress.ingressAddress)]),
          ...entry(
            "certificates",
            [...entry("authority", "pebble")],
            "A test authority inside the cluster: browsers don't trust it. With a public name that leads to the ingress's\n" +
              "floating address: `authority: letsEncrypt`, `environment: production` and your `email`. Without one: `authority: own`,\n" +
              "whose root your computers are made to trust (docs/https.md).",
          ),
        ]
      : []),
    ...(hasOdoo
      ? entry("storage", [
          ...entry("local", nothing, "Volumes are folders of the node's own disk."),
          ...entry("defaultClass", "local-path"),
        ])
      : []),
  ];
}

function odooEntries({ workers, odooExposure }: Deployment): readonly Entry[] {
  const instances = workers >= 3 ? 3 : 1;
  const volume = [...entry("size", "10Gi"), ...entry("storageClass", "local-path")];
  return [
    ...entry("modules", ["point_of_sale"]),
    ...entry(
      "postgres",
      [...entry("instances", instances), ...volume],
      instances === 3
        ? "Synchronous replication: a sale that was confirmed stands on two machines."
        : "One instance: with three machines that take workloads, write 3, and a confirmed sale stands on two of them.",
    ),
    ...entry("expose", odooExposure === undefined ? undefined : exposureEntries(odooExposure)),
  ];
}

function exposureEntries(exposure: OdooExposure): readonly Entry[] {
  if (exposure.by === "ingress") return [...entry("by", "ingress"), ...entry("host", exposure.host)];
  if (exposure.by === "nodePort") return [...entry("by", "nodePort"), ...entry("port", exposure.port)];
  return [...entry("by", "loadBalancer"), ...entry("address", exposure.address, "From the site's pool.")];
}

function applicationEntries(deployment: Deployment): readonly Entry[] | typeof nothing {
  const { applications } = deployment;
  const byNodePort = (name: ApplicationName) => [...entry("by", "nodePort"), ...entry("port", nodePorts[name])];
  const entries = [
    ...(applications.includes("odoo") ? entry("odoo", odooEntries(deployment)) : []),
    ...(applications.includes("calculator")
      ? entry("calculator", [
          ...entry("replicas", 2),
          ...entry("expose", byNodePort("calculator"), "A port of every node."),
        ])
      : []),
    ...(applications.includes("edge")
      ? entry("edge", [...entry("replicas", 2), ...entry("expose", byNodePort("edge"), "A port of every node.")])
      : []),
  ];
  return entries.length === 0 ? nothing : entries;
}

function artifactEntries({ bundle }: Deployment): readonly Entry[] {
  if (bundle === undefined) return [];
  const comment = "Everything is installed from this folder; the machines need no internet.";
  return entry("grappe:artifacts", [...entry("bundle", bundle, comment)], undefined, true);
}
