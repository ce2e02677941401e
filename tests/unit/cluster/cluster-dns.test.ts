import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const bash = promisify(execFile);
const library = fileURLToPath(new URL("../../../components/cluster/lib/cluster-dns.sh", import.meta.url));

/** What is asked of a cluster's API that has so many nodes, and so many pods of CoreDNS as its Deployment says. */
async function changes(distribution: string, nodes: number, replicas: string): Promise<string[]> {
  const script = `
set -euo pipefail
distribution=${distribution}
kube() {
  case $* in
    "get nodes"*) for ((node = 0; node < ${nodes}; node++)); do echo "node/$node"; done ;;
    *"get deployment"*) printf %s "${replicas}" ;;
    *) printf '%s\\n' "$*" >&2 ;;
  esac
}
. ${library}
spread_cluster_dns`;
  const { stderr } = await bash("bash", ["-c", script]);
  return stderr.split("\n").filter((line) => line !== "");
}

describe("the cluster's DNS is on two machines once there are two", () => {
  test("with k3s a second pod, unless somebody chose a number", async () => {
    expect(await changes("k3s", 1, "1")).toEqual([]);
    expect(await changes("k3s", 2, "1")).toEqual(["-n kube-system scale deployment coredns --replicas=2"]);
    expect(await changes("k3s", 5, "3")).toEqual([]);
    expect(await changes("k3s", 2, "")).toEqual([]);
  });

  test("with kubeadm both pods apart", async () => {
    expect(await changes("kubeadm", 1, "2")).toEqual([]);
    const [patch, ...others] = await changes("kubeadm", 2, "2");
    expect(others).toEqual([]);
    expect(patch).toMatch(/^-n kube-system patch deployment coredns --type=strategic --patch \{.*hostname.*\}$/);
  });
});
