import { describe, expect, test } from "vitest";
import { hasNamespaces } from "../host/own-namespace.ts";
import { onMember, turns } from "./on-member.ts";

const file = "/etc/kubernetes/pki/apiserver.crt";
const manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";

/** What a kubeadm server does in its turn; `recorded` is what it runs so far, and kubeadm writes what `manifestSays`. */
async function done(recorded: { readonly version: string; readonly hash: string }, manifestSays: string) {
  const standIns = `${turns}
mkdir -p $(dirname ${manifest}) /etc/kubernetes/grappe
echo before > ${manifest}
echo ${recorded.version} > version
echo ${recorded.hash} > applied
version=v1.36.5 certificateNames=
cluster_version() { echo v1.36.4; }
kubeadm() {
  echo "kubeadm $1 $2 $3"
  if [[ $* = *control-plane* ]]; then echo ${manifestSays} > ${manifest}; fi
}`;
  const { stderr, lines } = await onMember("./kubeadm/server.sh", file, 300, standIns, "change_server");
  return [...stderr.split("\n"), ...lines].filter((line) => line !== "" && !line.startsWith("systemctl"));
}

describe.runIf(hasNamespaces)("a kubeadm server's change", () => {
  const configuration = [
    "kubeadm init phase upload-config",
    "kubeadm init phase certs",
    "kubeadm init phase control-plane",
    "kubeadm upgrade node phase",
  ];

  test("of its configuration alone starts the API server anew, whatever changed: it reads its files once", async () => {
    expect(await done({ version: "v1.36.5", hash: "other" }, "before")).toEqual([
      ...configuration,
      "restart kube-apiserver",
    ]);
  });

  test("to another version takes today's configuration, too, as an upgrade goes on with the cluster's", async () => {
    const upgraded = await done({ version: "v1.36.4", hash: "other" }, "after");
    expect(upgraded).toEqual(["kubeadm upgrade apply v1.36.5", ...configuration, "restart kube-apiserver"]);
  });

  test("to another version alone starts the API server once", async () => {
    const upgraded = await done({ version: "v1.36.4", hash: "other" }, "before");
    expect(upgraded).toEqual(["kubeadm upgrade apply v1.36.5", ...configuration]);
  });
});
