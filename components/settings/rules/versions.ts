import { type CniName, cniManifest, cniNames, cnisOf } from "../../cluster/cni/manifests.ts";
import { compareVersions, knownMinors, parseVersion } from "../compatibility.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import type { ClusterSettings } from "../schema/cluster.ts";
import { settingPath } from "../setting-path.ts";

const versionPath = settingPath("cluster", ["version"]);
const previousPath = settingPath("cluster", ["previousVersion"]);

/** The version is one that goes with everything else here. */
export const knownVersion = rule(["cluster"], ({ cluster }) => {
  const { distribution } = cluster;
  const version = parseVersion(distribution, cluster.version);
  if (version === undefined) {
    return [
      { path: versionPath, reason: `is no version of ${distribution}.`, fix: `Write ${supported(distribution)}.` },
    ];
  }
  const known = knownMinors.find((each) => each.distribution === distribution && each.minor === version.minor);
  if (known === undefined || known.status === "refused") {
    return [
      {
        path: versionPath,
        reason:
          `is of Kubernetes 1.${version.minor}, which isn't in the compatibility table as usable. ${known?.because ?? ""}`.trim(),
        fix: `Write ${supported(distribution)}.`,
      },
    ];
  }
  const first = known.first === undefined ? undefined : parseVersion(distribution, known.first);
  if (first !== undefined && compareVersions(version, first) < 0) {
    return [
      {
        path: versionPath,
        reason: `is older than ${known.first}. ${known.because ?? ""}`.trim(),
        fix: `Write ${known.first} or newer, such as ${supported(distribution)}.`,
      },
    ];
  }
  return [];
});

/** From the version that runs, only the same or the next minor is reached, and never an older version. */
export const upgradeStep = rule(["cluster"], ({ cluster }) => {
  const { distribution, previousVersion } = cluster;
  if (previousVersion === undefined) return [];
  const to = parseVersion(distribution, cluster.version);
  const from = parseVersion(distribution, previousVersion);
  if (from === undefined) return [unknownPrevious(distribution)];
  if (to === undefined) return [];
  if (compareVersions(to, from) < 0) {
    return [
      {
        path: versionPath,
        reason: `is older than \`previousVersion\` ${previousVersion}; etcd's data can't go back.`,
        fix: `Write ${previousVersion} or newer, or restore an etcd snapshot of before.`,
      },
    ];
  }
  if (to.minor > from.minor + 1) {
    return [
      {
        path: versionPath,
        reason: `skips a minor: from ${previousVersion}, Kubernetes 1.${from.minor + 1} comes first.`,
        fix: `Upgrade to a version of 1.${from.minor + 1}, then to this one.`,
      },
    ];
  }
  return [];
});

/** The distribution can run with the CNI. */
export const knownCni = rule(["cluster"], ({ cluster }) => {
  const { distribution, cni } = cluster;
  if (cnisOf(distribution).includes(cni)) return [];
  return [
    {
      path: settingPath("cluster", ["cni"]),
      reason: `is ${cni}, which ${distribution} doesn't run with here.`,
      fix: `Write ${cnisOf(distribution).join(" or ")}, or \`distribution: ${distribution === "k3s" ? "kubeadm" : "k3s"}\`.`,
    },
  ];
});

/** Something leads from Services to pods. */
export const servicesLed = rule(["cluster"], ({ cluster }) => {
  if (cluster.kubeProxy || cniManifest(cluster.cni).replacesKubeProxy) return [];
  const others = cniNames.filter((cni) => cniManifest(cni).replacesKubeProxy);
  return [
    {
      path: settingPath("cluster", ["kubeProxy"]),
      reason: `is false, and ${cluster.cni} doesn't do kube-proxy's work: no Service would lead to its pods.`,
      fix: `Write true, or \`cni: ${others.join(" or ")}\`.`,
    },
  ];
});

type Network = Pick<ClusterSettings, "distribution" | "cni">;

function enforcesPolicies({ distribution, cni }: Network): boolean {
  return cniManifest(cni).enforcesPolicies.includes(distribution);
}

/** The pod networks that enforce policies with a distribution. */
function enforcing(distribution: Network["distribution"]): readonly CniName[] {
  return cniNames.filter((cni) => enforcesPolicies({ distribution, cni }));
}

/** What a person is told where pods' declared flows aren't enforced; `undefined` where they are. */
export function unenforcedPolicies(cluster: Network): string | undefined {
  if (enforcesPolicies(cluster)) return undefined;
  return (
    `grappe:cluster.cni is ${cluster.cni}, which enforces no network policies: every pod reaches every other. ` +
    `Another cluster with ${enforcing(cluster.distribution).join(" or ")}, or with k3s, keeps them apart.`
  );
}

/** Pods are kept apart, where that is asked for. */
export const policiesEnforced = rule(["cluster"], ({ cluster }) => {
  if (!cluster.requireNetworkPolicies || enforcesPolicies(cluster)) return [];
  return [
    {
      path: settingPath("cluster", ["cni"]),
      reason: `is ${cluster.cni}, which enforces no network policies with ${cluster.distribution}, and \`requireNetworkPolicies\` asks for them.`,
      fix: `Write ${enforcing(cluster.distribution).join(" or ")}, or \`distribution: k3s\`; or take \`requireNetworkPolicies\` out.`,
    },
  ];
});

/** The versions to choose from, newest first. */
function supported(distribution: ClusterSettings["distribution"]): string {
  return knownMinors
    .filter((each) => each.distribution === distribution)
    .flatMap((each) => each.recommended ?? [])
    .join(" or ");
}

function unknownPrevious(distribution: ClusterSettings["distribution"]): Problem {
  return {
    path: previousPath,
    reason: `is no version of ${distribution}; a cluster can't change its distribution.`,
    fix: `Write the version that runs now, such as ${supported(distribution)}; or remove it for a new cluster.`,
  };
}
