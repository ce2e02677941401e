import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadScript } from "../../../components/host/script.ts";
import { shellAssignments } from "../../../components/host/shell-assignments.ts";
import { hasNamespaces, inOwnNamespace } from "../host/own-namespace.ts";

const steps = new URL("../../../components/cluster/x", import.meta.url).href;

/** What others say of this machine: etcd's members, and the API's status for its Node. */
interface Said {
  readonly etcd?: string;
  readonly node?: string;
}

const member = (address: string, id = 1) => ({ ID: id, name: `s-${id}0000000`, peerURLs: [`https://${address}:2380`] });
const membersAt = (...addresses: readonly string[]) =>
  JSON.stringify({ members: addresses.map((each) => member(each)) });

/** Everything that a step is told; what doesn't matter here is a word. */
const values = (script: string): Record<string, string> => {
  const named = [...script.matchAll(/\$\{(\w+)(?::\?|\?|=|:=)/g)].map(([, name = ""]) => [name, "word"]);
  return {
    ...Object.fromEntries(named),
    distribution: "k3s",
    nodeName: "pi-2",
    nodeAddress: "10.0.0.2",
    otherServers: "10.0.0.1 10.0.0.3",
    serverToken: "K10abc::server:secret",
    version: "v1.36.5+k3s1",
    configHash: "same",
    keepalivedConf: "",
  };
};

/**
 * Runs a node's step as far as it decides whether it is a member, on a machine that takes itself for one. Programs are stood in
 * for: `systemctl` is told, `curl` answers what is said.
 */
async function decide(file: string, { etcd = "", node = "000" }: Said, prepare = ""): Promise<string[]> {
  const { text } = loadScript(steps, file);
  const [decision = ""] =
    /\n(?:is_known\(\)[^\n]*\n|# A kubelet registers[^\n]*\n|\n)*if (?:\[\[ \$\{switching:-no\} = no \]\] && )?is_member && is_forgotten[\s\S]*?fi\n/.exec(
      text,
    ) ?? [""];
  expect(decision).not.toBe("");
  const functions = text.slice(text.indexOf("set -euo pipefail"), text.indexOf(decision));
  const given = shellAssignments(values(text));
  const { stdout, stderr } = await inOwnNamespace(`
mkdir -p /var/lib/grappe/kubernetes /var/lib/rancher/k3s/{server/tls,agent} /etc/rancher/k3s /etc/kubernetes
touch /var/lib/grappe/kubernetes/{member,joining,applied}
echo 'server: https://10.0.0.5:6443' > /etc/rancher/k3s/config.yaml
echo '    server: https://10.0.0.5:6443' > /etc/kubernetes/kubelet.conf
export SECONDS=0
cat > values << 'VALUES'
${given}
VALUES
cat > step << 'STEP'
systemctl() { echo "systemctl $*"; }
curl() {
  case "$*" in
    *db/info*|*member/list*) [[ -n $ETCD ]] || return 22; printf '%s' "$ETCD" ;;
    *nodes/pi-2*) printf '%s' "$NODE" ;;
  esac
}
${functions}
until_success() { shift 2; "$@"; }
${prepare}
${decision}
if is_member; then echo member; else echo newcomer; fi
if [[ -e /var/lib/rancher/k3s/server ]]; then echo data; fi
STEP
ETCD='${etcd}' NODE='${node}' bash --norc step < values`);
  expect(stderr).toBe("");
  return stdout.trim().split("\n");
}

describe.runIf(hasNamespaces)("a server of k3s that was removed while it couldn't be cleaned", () => {
  const decided = (said: Said) => decide("./k3s/server.sh", said);
  const without = membersAt("10.0.0.1", "10.0.0.3");

  test("joins anew, without what it knew as a server", async () => {
    expect(await decided({ etcd: without, node: "404" })).toEqual(["systemctl stop k3s.service", "newcomer"]);
  });

  test.each([
    ["etcd knows it", { etcd: membersAt("10.0.0.1", "10.0.0.2"), node: "404" }],
    ["its Node is there", { etcd: without, node: "200" }],
    ["nobody answers", {}],
    [
      "the other one has no quorum",
      { etcd: '{"members":[{"name":"s-1","peerURLs":["https://10.0.0.1:2380"]}]}', node: "404" },
    ],
    ["the API refuses it", { etcd: without, node: "401" }],
  ])("is a member where %s", async (_, said) => {
    expect(await decided(said)).toEqual(["member", "data"]);
  });
});

describe.runIf(hasNamespaces)("a server of kubeadm that was removed while it couldn't be cleaned", () => {
  const decided = (said: Said) => decide("./kubeadm/server.sh", said);

  test("joins anew", async () => {
    const said = { etcd: '{"members":[{"ID":"1","peerURLs":["https://10.0.0.1:2380"]}]}' };
    const certificates = "mkdir -p /etc/kubernetes/pki/etcd; touch /etc/kubernetes/pki/etcd/server.key";
    expect((await decide("./kubeadm/server.sh", said, certificates))[0]).toBe("newcomer");
  });

  test.each([
    ["etcd knows it", { etcd: '{"members":[{"ID":"1","peerURLs":["https://10.0.0.2:2380"]}]}' }],
    ["nobody answers", {}],
    ["etcd answers something else", { etcd: '{"error":"etcdserver: request timed out"}' }],
  ])("is a member where %s", async (_, said) => {
    expect((await decided(said))[0]).toBe("member");
  });
});

describe.runIf(hasNamespaces)("an agent whose Node is gone", () => {
  test("registers again: k3s by its start", async () => {
    expect((await decide("./k3s/agent.sh", { node: "404" }))[0]).toBe("newcomer");
    expect((await decide("./k3s/agent.sh", { node: "200" }))[0]).toBe("member");
    expect((await decide("./k3s/agent.sh", {}))[0]).toBe("member");
  });

  test("registers again: kubeadm's kubelet by its restart, and else by a join", async () => {
    expect(await decide("./kubeadm/agent.sh", { node: "404" })).toEqual([
      "systemctl restart kubelet.service",
      "newcomer",
      "data",
    ]);
    const comesBack = "systemctl() { NODE=200; }";
    expect((await decide("./kubeadm/agent.sh", { node: "404" }, comesBack))[0]).toBe("member");
    expect((await decide("./kubeadm/agent.sh", {}))[0]).toBe("member");
  });
});

test("every node's step looks before it takes itself for a member", () => {
  for (const file of ["k3s/server.sh", "k3s/agent.sh", "kubeadm/server.sh", "kubeadm/agent.sh"]) {
    const text = readFileSync(new URL(`../../../components/cluster/${file}`, import.meta.url), "utf8");
    const body = text.slice(text.lastIndexOf("\n}\n"));
    expect(body.indexOf("is_member"), file).toBe(body.indexOf("is_member && is_forgotten"));
    expect(body, file).toContain("is_member && is_forgotten");
  }
});
