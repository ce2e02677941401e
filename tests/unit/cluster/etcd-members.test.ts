import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const library = fileURLToPath(new URL("../../../components/cluster/lib", import.meta.url));

/** Nodes as the API has them: name and address. */
const nodes = "server-1 10.0.0.1\nserver-2 10.0.0.2\n";

/** What etcdctl prints (`etcdctl member list`). */
const listed = `8e9e05c52164694d, started, server-1, https://10.0.0.1:2380, https://10.0.0.1:2379, false
9f1c31b8a3f2aa01, started, server-2, https://10.0.0.2:2380, https://10.0.0.2:2379, false`;
const neverStarted = "aa00000000000003, unstarted, , https://10.0.0.3:2380, , true";
const voterWithoutNode = "bb00000000000004, started, server-4, https://10.0.0.4:2380, https://10.0.0.4:2379, false";

/** What a server of k3s answers at /db/info. */
const member = (id: number, name: string, address: string, isLearner = false) => ({
  ...(id === 0 ? {} : { ID: id }),
  ...(name === "" ? {} : { name }),
  peerURLs: [`https://${address}:2380`],
  ...(name === "" ? {} : { clientURLs: [`https://${address}:2379`] }),
  ...(isLearner ? { isLearner } : {}),
});
const ofK3s = [member(17, "server-1-0a1b2c3d", "10.0.0.1"), member(18, "server-2-99aabbcc", "10.0.0.2")];

interface Cluster {
  readonly distribution: "k3s" | "kubeadm";
  readonly etcd: string;
  readonly nodes?: string;
}

/** Runs a function of etcd.sh; the commands that it would change the cluster with are printed. */
function inCluster({ distribution, etcd, nodes: known = nodes }: Cluster, command: string): string[] {
  const script = `set -euo pipefail
cd ${library}
distribution=${distribution}
. ./report.sh
. ./etcd.sh
etcdctl_in_pod() { if [[ $2 = list ]]; then printf '%s\\n' "$ETCD"; else echo "etcdctl $*" >&3; fi; }
curl() { printf '%s' "$ETCD"; }
sed() { if [[ $* = */server/token ]]; then echo secret; else command sed "$@"; fi; }
kube() {
  case "$*" in
    'get nodes '*) printf '%s' "$NODES" ;;
    'create -f -') echo "create $(cat)" | tr -d '\\n' | tr -s ' ' >&3; echo >&3 ;;
    *removed-node-name*) echo gone ;;
    'get node '*) ;;
    *) echo "kubectl $*" >&3 ;;
  esac
}
kube_watching() { echo "kubectl $*" >&3; }
{ if ${command}; then :; else echo "no" >&3; fi; } 3>&1 > /dev/null`;
  const output = execFileSync("bash", ["--norc", "-c", script], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, ETCD: etcd, NODES: known },
  });
  return output.split("\n").filter((line) => line !== "");
}

const kubeadm = (etcd: string, known?: string): Cluster => ({
  distribution: "kubeadm",
  etcd,
  ...(known === undefined ? {} : { nodes: known }),
});
const k3s = (members: readonly object[], known?: string): Cluster => ({
  distribution: "k3s",
  etcd: JSON.stringify({ members }),
  ...(known === undefined ? {} : { nodes: known }),
});

describe("members of etcd that never became nodes", () => {
  test("go, learners and voters, and nobody else", () => {
    const etcd = `${listed}\n${neverStarted}\n${voterWithoutNode}`;
    expect(inCluster(kubeadm(etcd), "remove_members_without_node")).toEqual([
      "etcdctl member remove aa00000000000003",
      "etcdctl member remove bb00000000000004",
    ]);
    expect(inCluster(kubeadm(listed), "remove_members_without_node")).toEqual([]);
  });

  test("go from k3s, which takes out Nodes' members only, by a Node for as long as that takes", () => {
    const etcd = [...ofK3s, member(19, "server-3-11223344", "10.0.0.3")];
    const [create, remove, ...more] = inCluster(k3s(etcd), "remove_members_without_node");
    expect(more).toEqual([]);
    const node: unknown = JSON.parse(create?.replace(/^create /, "") ?? "");
    expect(node).toMatchObject({
      metadata: {
        name: "grappe-etcd-19",
        labels: { "node-role.kubernetes.io/etcd": "true" },
        annotations: {
          "etcd.k3s.cattle.io/node-name": "server-3-11223344",
          "etcd.k3s.cattle.io/node-address": "10.0.0.3",
          "etcd.k3s.cattle.io/remove": "true",
        },
      },
    });
    expect(remove).toMatch(/^kubectl delete node grappe-etcd-19 /);
  });

  test("go from k3s when they never started and have no name", () => {
    const commands = inCluster(k3s([...ofK3s, member(20, "", "10.0.0.3", true)]), "remove_members_without_node");
    expect(commands.join("\n")).toContain(
      '"etcd.k3s.cattle.io/node-name": "", "etcd.k3s.cattle.io/node-address": "10.0.0.3"',
    );
  });

  test.each([
    ["etcd doesn't tell", kubeadm("")],
    ["no node is known", kubeadm(`${listed}\n${neverStarted}`, "")],
    ["a server of k3s without a quorum names itself alone", k3s([member(0, "server-9-00000000", "10.0.0.9")])],
    ["k3s says nothing", { distribution: "k3s", etcd: "" } as const],
  ])("stay where %s", (_, cluster) => {
    expect(inCluster(cluster, "remove_members_without_node")).toEqual([]);
  });
});

describe("a node's member", () => {
  test("is known by name, or by address", () => {
    const etcd = `${listed}\n${neverStarted}`;
    expect(inCluster(kubeadm(etcd), "remove_etcd_member server-3 10.0.0.3")).toEqual([
      "etcdctl member remove aa00000000000003",
    ]);
    expect(inCluster(kubeadm(etcd), "remove_etcd_member server-2 10.9.9.9")).toEqual([
      "etcdctl member remove 9f1c31b8a3f2aa01",
    ]);
    expect(inCluster(kubeadm(etcd), "remove_etcd_member server 10.0.0.33")).toEqual([]);
  });

  test("is known in k3s by its name without the eight digits", () => {
    const node = { distribution: "k3s", etcd: JSON.stringify({ members: ofK3s }) } as const;
    expect(inCluster(node, "is_etcd_member server-2 10.9.9.9")).toEqual([]);
    expect(inCluster(node, "is_etcd_member server 10.9.9.9")).toEqual(["no"]);
    expect(inCluster(node, "is_etcd_member server-3 10.0.0.3")).toEqual(["no"]);
  });

  test("isn't missed where etcd doesn't tell", () => {
    expect(inCluster(k3s([member(0, "server-9-00000000", "10.0.0.9")]), "is_etcd_member server-1 10.0.0.1")).toEqual(
      [],
    );
    expect(inCluster(kubeadm(""), "is_etcd_member server-1 10.0.0.1")).toEqual([]);
  });
});
