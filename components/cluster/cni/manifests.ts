import { calico } from "./calico/manifest.ts";
import { cilium } from "./cilium/manifest.ts";
import { flannel } from "./flannel/manifest.ts";
import type { CniManifest, DistributionName } from "./manifest.ts";
import { routed } from "./routed/manifest.ts";

/** Every pod network, by the name that settings write; the first one is the default. */
export const cnis = { flannel, calico, routed, cilium } as const satisfies Readonly<Record<string, CniManifest>>;

export type CniName = keyof typeof cnis;

const namesOf = <Name extends string>(all: Readonly<Record<Name, unknown>>) => Object.keys(all) as Name[];

export const cniNames: readonly CniName[] = namesOf(cnis);

/** What one is, by its name. */
export function cniManifest(name: CniName): CniManifest {
  return cnis[name];
}

/** The pod networks that a distribution goes with, in the list's order. */
export function cnisOf(distribution: DistributionName): readonly CniName[] {
  return cniNames.filter((name) => cniManifest(name).distributions[distribution] !== undefined);
}

/** Whether a cluster's pod network is a chart, which comes after the nodes: until then a node that misses only this counts as ready. */
export function isChart({
  cni,
  distribution,
}: {
  readonly cni: CniName;
  readonly distribution: DistributionName;
}): boolean {
  return cniManifest(cni).distributions[distribution] === "chart";
}

/** Whether our allocator gives each node the subnet of its pods. */
export function allocatesPodSubnets({ cni }: { readonly cni: CniName }): boolean {
  return cniManifest(cni).podSubnets === "allocator";
}
