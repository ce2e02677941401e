import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi/errors.js";
import type { Bundle } from "../../components/host/bundle.ts";
import { podSubnet } from "../../components/settings/allocation/pod-subnets.ts";
import { knownMinors } from "../../components/settings/compatibility.ts";
import { networkRange, overlaps } from "../../components/settings/ipv4.ts";
import type { ClusterSettings } from "../../components/settings/schema/cluster.ts";

export type Distribution = ClusterSettings["distribution"];

/** Kubernetes, as a new stack file writes it. */
export interface ClusterChoice {
  readonly distribution: Distribution;
  readonly version: string;
  readonly cni: ClusterSettings["cni"];
  readonly flannelBackend?: ClusterSettings["flannelBackend"];
  readonly podCidr: string;
  readonly serviceCidr: string;
}

export const applicationNames = ["odoo", "calculator", "edge"] as const;
export type ApplicationName = (typeof applicationNames)[number];

/** What can be installed: everything, or what a bundle has. */
export interface Offer {
  /** By distribution: the newest version of a minor that is known to go with us. */
  readonly versions: Readonly<Partial<Record<Distribution, string>>>;
  readonly loadBalancer: boolean;
  /** Traefik, and the test authority beside it. */
  readonly ingress: boolean;
  readonly applications: readonly ApplicationName[];
}

function recommended(distribution: Distribution): string {
  const version = knownMinors.find((each) => each.distribution === distribution && each.recommended)?.recommended;
  assert(version !== undefined, `no version of ${distribution} is recommended`);
  return version;
}

/** What there is without a bundle (pure): everything. */
export const publishers: Offer = {
  versions: { k3s: recommended("k3s"), kubeadm: recommended("kubeadm") },
  loadBalancer: true,
  ingress: true,
  applications: applicationNames,
};

/** What an application needs of a bundle. Odoo's database is one image alone, and another one, with a chart, of three instances. */
const images: Readonly<Record<ApplicationName, readonly string[]>> = {
  odoo: ["docker.io/library/odoo", "docker.io/library/postgres"],
  calculator: ["grappe.local/calculator"],
  edge: ["grappe.local/edge"],
};

/**
 * What a bundle has (pure).
 *
 * @throws RunError if it has no Kubernetes
 */
export function offerOf(bundle: Bundle): Offer {
  const version = (distribution: Distribution) =>
    bundle.artifacts.find(({ kind, name }) => kind === "binary" && name === distribution)?.version;
  const k3s = version("k3s");
  const kubeadm = version("kubeadm")?.replace(/^v/, "");
  if (k3s === undefined && kubeadm === undefined)
    throw new RunError(`The bundle ${bundle.directory} has neither k3s nor kubeadm. Fill it: ./grappe bundle`);
  const charts = new Set(bundle.artifacts.filter(({ kind }) => kind === "chart").map(({ name }) => name));
  const has = (name: string) =>
    bundle.artifacts.some((artifact) => artifact.kind === "image" && artifact.name === name);
  return {
    versions: { ...(k3s === undefined ? {} : { k3s }), ...(kubeadm === undefined ? {} : { kubeadm }) },
    loadBalancer: charts.has("metallb"),
    ingress: charts.has("traefik") && charts.has("pebble"),
    applications: applicationNames.filter(
      (name) => images[name].every(has) && (name !== "odoo" || charts.has("cloudnative-pg")),
    ),
  };
}

const podRanges = ["10.42.0.0/16", "10.244.0.0/16", "172.20.0.0/16", "172.24.0.0/16"];
const serviceRanges = ["10.43.0.0/16", "10.96.0.0/16", "172.21.0.0/16", "172.25.0.0/16"];

/** The first range that has no address in common with the nodes' networks. */
function apartFrom(nodeNetworks: readonly string[], ranges: readonly string[]): string {
  const isApart = (range: string) =>
    nodeNetworks.every((network) => !overlaps(networkRange(network), networkRange(range)));
  const found = ranges.find(isApart);
  if (found === undefined)
    throw new RunError(
      `The nodes' network ${nodeNetworks.join(", ")} overlaps with every range that pods could have (${ranges.join(", ")}). ` +
        "Name the network that the machines share, in its own size, by --network.",
    );
  return found;
}

/** What nodes are connected by: a switch of their own, or a cloud, which takes nobody's packets but those of known addresses. */
export type NodeNetwork = { readonly cidr: string; readonly kind: "switch" | "cloud" };

/**
 * Kubernetes for nodes on one network (pure): plain routes between them where these can be, which are faster than tunnels.
 *
 * @throws RunError if the offer hasn't this distribution
 */
export function chooseCluster(distribution: Distribution, offer: Offer, network: NodeNetwork): ClusterChoice {
  const version = offer.versions[distribution];
  if (version === undefined)
    throw new RunError(
      `The bundle has no ${distribution}; it has ${Object.keys(offer.versions).join(" and ")}. Take that, or fill the bundle: ./grappe bundle`,
    );
  const podCidr = apartFrom([network.cidr], podRanges);
  const serviceCidr = apartFrom([network.cidr], serviceRanges);
  return { distribution, version, podCidr, serviceCidr, ...podNetwork(distribution, network, podCidr) };
}

function podNetwork(
  distribution: Distribution,
  { cidr, kind }: NodeNetwork,
  podCidr: string,
): Pick<ClusterChoice, "cni" | "flannelBackend"> {
  const flannelBackend = kind === "switch" ? "host-gw" : "vxlan";
  if (distribution === "k3s") return { cni: "flannel", flannelBackend };
  // `routed` gives every address of the nodes' network a place of its own; a wide network has too many.
  const hasRoom = podSubnet(podCidr, [cidr], cidr.replace(/\/.*$/, "")) !== undefined;
  return hasRoom ? { cni: "routed" } : { cni: "flannel", flannelBackend };
}
