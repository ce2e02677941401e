import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderDnsPatch } from "../../../components/cluster/kubeadm/kubeadm-config.ts";
import { shellAssignments } from "../../../components/host/shell-assignments.ts";

const bash = promisify(execFile);
const library = fileURLToPath(new URL("../../../components/cluster/lib/cluster-dns.sh", import.meta.url));

/** What is asked of the API for the node `pi-2`, on a server of that name or another, where so many pods of CoreDNS are to run. */
async function changes(server: string, clusterDnsPatch: string, replicas: string): Promise<string> {
  const script = `
set -euo pipefail
${shellAssignments({ nodeName: "pi-2", clusterDnsPatch })}
hostname() { echo ${server}; }
kube() {
  case $* in
    *"get deployment"*) printf %s "${replicas}" ;;
    *) printf '%s\\n' "$*" >&2 ;;
  esac
}
. ${library}
spread_cluster_dns`;
  const { stderr } = await bash("bash", ["-c", script]);
  return stderr.trim();
}

describe("the cluster's DNS is on two machines once there are two", () => {
  test("with k3s a second pod, unless somebody chose a number", async () => {
    expect(await changes("pi-2", "", "1")).toBe("");
    expect(await changes("pi-1", "", "1")).toBe("-n kube-system scale deployment coredns --replicas=2");
    expect(await changes("pi-1", "", "3")).toBe("");
    expect(await changes("pi-1", "", "")).toBe("");
  });

  test("with kubeadm both pods apart, by the patch that kubeadm itself is given", async () => {
    const patch = renderDnsPatch(2);
    expect(await changes("pi-2", patch, "2")).toBe("");
    const [, given] = (await changes("pi-1", patch, "2")).split(
      "-n kube-system patch deployment coredns --type=strategic --patch ",
    );
    expect(parse(given ?? "")).toEqual(parse(patch));
  });
});
