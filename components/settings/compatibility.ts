import type { ClusterSettings } from "./schema/cluster.ts";

type Distribution = ClusterSettings["distribution"];

/** A minor of Kubernetes, as we know it with a distribution. */
export interface KnownMinor {
  readonly distribution: Distribution;
  readonly minor: number;
  /**
   * `supported`: for new clusters. `upgradeOnly`: older, kept as a starting point of upgrades. `refused`: exists, but a
   * part of ours isn't released for it.
   */
  readonly status: "supported" | "upgradeOnly" | "refused";
  /** Of a supported one, the exact version that everything else was chosen for. */
  readonly recommended?: string;
  /** The first version that goes with us; earlier ones have the fault that `because` names. */
  readonly first?: string;
  /** Why it, or what is before `first`, is refused. */
  readonly because?: string;
}

/** k3s-io/k3s#13623. */
const startsClusterOfItsOwn = "Before it, a server that was removed starts again as a cluster of its own.";
const notReleasedFor37 = "CloudNativePG 1.30 and cert-manager 1.21 don't list Kubernetes 1.37 yet.";

/**
 * Which minors go with us. Any patch release of a minor is taken from its first good one on: a patch release changes no interface,
 * settings name it exactly, and its download is verified.
 */
export const knownMinors: readonly KnownMinor[] = [
  { distribution: "k3s", minor: 37, status: "refused", because: notReleasedFor37 },
  { distribution: "k3s", minor: 36, status: "supported", recommended: "v1.36.5+k3s1" },
  { distribution: "k3s", minor: 35, status: "upgradeOnly", first: "v1.35.3+k3s1", because: startsClusterOfItsOwn },
  { distribution: "kubeadm", minor: 37, status: "refused", because: notReleasedFor37 },
  { distribution: "kubeadm", minor: 36, status: "supported", recommended: "1.36.3" },
  { distribution: "kubeadm", minor: 35, status: "upgradeOnly" },
];

/** A version's parts; the k3s revision counts as the last one. */
export interface Version {
  readonly minor: number;
  readonly patch: number;
  readonly revision: number;
}

const forms: Readonly<Record<Distribution, RegExp>> = {
  k3s: /^v1\.(\d{1,3})\.(\d{1,3})\+k3s(\d{1,2})$/,
  kubeadm: /^1\.(\d{1,3})\.(\d{1,3})$/,
};

/** The parts of a version as its distribution writes it; undefined if it doesn't. */
export function parseVersion(distribution: Distribution, text: string): Version | undefined {
  const match = forms[distribution].exec(text);
  if (match === null) return undefined;
  const [, minor, patch, revision = "0"] = match;
  return { minor: Number(minor), patch: Number(patch), revision: Number(revision) };
}

/** Below zero if the first version is older than the second, zero if they are the same. */
export function compareVersions(one: Version, other: Version): number {
  return one.minor - other.minor || one.patch - other.patch || one.revision - other.revision;
}
