import { cniManifest } from "../../cluster/cni/manifests.ts";
import { compareVersions, parseVersion } from "../compatibility.ts";
import { settingPath } from "../setting-path.ts";
import { type Chosen, type LastingChoice, type LastingSettings, unchangeable } from "./lasting-choice.ts";

/** The way for whoever wants another cluster. */
export const anotherCluster = "Another one is another cluster: make a second stack and move to it (docs/change.md).";

/** A cluster was begun. */
export const clusterStands = /^command:remote:Command::bootstrap$/;

/** What a cluster is made with. */
export function clusterChoices({ cluster }: LastingSettings): readonly LastingChoice[] {
  const choice = (name: keyof typeof cluster, chosen: Chosen, because: string) =>
    unchangeable({
      path: settingPath("cluster", [name]),
      chosen,
      standing: clusterStands,
      made: "the cluster",
      because,
      otherwise: anotherCluster,
    });
  return [
    choice("distribution", cluster.distribution, "k3s and kubeadm keep their data and certificates in other places"),
    choice("cni", cluster.cni, "pods that run keep the network that they were started in"),
    ...(cluster.cni === "flannel"
      ? [
          choice(
            "flannelBackend",
            cluster.flannelBackend,
            "as long as some nodes have the one and some the other, their pods don't reach each other",
          ),
        ]
      : []),
    ...(cniManifest(cluster.cni).replacesKubeProxy
      ? [
          choice(
            "kubeProxy",
            cluster.kubeProxy,
            "kube-proxy's rules would stay on the nodes, or be missing on those that are changed later",
          ),
        ]
      : []),
    choice("podCidr", cluster.podCidr, "every node has its part of that range, and no other is given to it"),
    choice("serviceCidr", cluster.serviceCidr, "every Service, DNS and the API's own among them, has an address of it"),
    choice("secretsEncryption", cluster.secretsEncryption, encryption(cluster.secretsEncryption)),
    version(cluster.distribution, cluster.version),
  ];
}

function encryption(wanted: boolean): string {
  return wanted
    ? "its Secrets stand in etcd unencrypted and would stay so, and a server that wants them encrypted doesn't start beside one that doesn't"
    : "its Secrets are encrypted, and without the key nobody reads them";
}

/** A version is followed by a newer one, and by no minor but its own and the next. */
function version(distribution: LastingSettings["cluster"]["distribution"], chosen: string): LastingChoice {
  const path = settingPath("cluster", ["version"]);
  const judge: LastingChoice["judge"] = (was) => {
    const to = parseVersion(distribution, chosen);
    const from = parseVersion(distribution, String(was));
    // Another distribution's version is that setting's problem.
    if (to === undefined || from === undefined) return undefined;
    if (compareVersions(to, from) < 0)
      return {
        reason: `is ${chosen}, older than ${was}, to which the cluster was brought: etcd's data can't go back.`,
        fix: `Write ${was} or newer, or restore an etcd snapshot of before (docs/restore.md).`,
      };
    if (to.minor > from.minor + 1)
      return {
        reason: `is ${chosen} and skips a minor: the cluster is ${was}, and Kubernetes 1.${from.minor + 1} comes first.`,
        fix: `Upgrade to a version of 1.${from.minor + 1}, then to this one.`,
      };
    return undefined;
  };
  return { key: path, path, chosen, standing: clusterStands, judge };
}
