import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { hasNamespaces, inOwnNamespace } from "../host/own-namespace.ts";

const component = (path: string) => fileURLToPath(new URL(`../../../components/${path}`, import.meta.url));
const [oldest, older, former, running] = ["a", "b", "c", "d"].map((letter) => letter.repeat(64));

describe.runIf(hasNamespaces)("what k3s leaves behind with every version", () => {
  test("goes, but for the version that runs, the one before it, and what a container still runs from", async () => {
    const { stdout, stderr } = await inOwnNamespace(`
data=/var/lib/rancher/k3s/data
mkdir -p $data/{${oldest},${older},${former},${running}}/bin $data/cni $data/.lock-me
ln -s $data/${running} $data/current
ln -s $data/${former} $data/previous
cp /bin/sleep $data/${older}/bin/containerd-shim-runc-v2
$data/${older}/bin/containerd-shim-runc-v2 60 &
. ${component("cluster/k3s/lib/unpacked-versions.sh")}
remove_other_unpacked_versions
LC_ALL=C ls $data`);
    expect(stderr).toBe("");
    expect(stdout.trim().split("\n")).toEqual([older, former, "cni", "current", running, "previous"]);
  });

  test("stays where there is nothing yet", async () => {
    const functions = `. ${component("cluster/k3s/lib/unpacked-versions.sh")}`;
    expect((await inOwnNamespace(`${functions}\nremove_other_unpacked_versions`)).code).toBe(0);
  });
});

describe.runIf(hasNamespaces)("the address that flannel takes", () => {
  const addresses = (...inOrder: readonly string[]) =>
    inOrder.map((address) => `ip address add ${address} dev lan\n`).join("");
  const start = (set: string) => `
ip link add lan type bridge
${set}
ip link set lan up
bash ${component("cluster/k3s/own-address-first.sh")} 192.168.1.11 192.168.1.5
ip -o -4 address show dev lan | awk '{ print $4 }'`;
  const own = "192.168.1.11/24";
  const virtual = "192.168.1.5/32";

  test.each([
    ["was lost and came back", [virtual, own], [own, virtual]],
    ["was there first", [own, virtual], [own, virtual]],
    ["is alone", [own], [own]],
    ["isn't the only one of the machine's", ["10.9.0.1/24", virtual, own], ["10.9.0.1/24", own, virtual]],
    ["only looks like the virtual one", ["192.168.1.50/24", own], ["192.168.1.50/24", own]],
  ])("is the node's own, where it %s", async (_, before, after) => {
    const { stdout, code } = await inOwnNamespace(start(addresses(...before)));
    expect(stdout.trim().split("\n")).toEqual(after);
    expect(code).toBe(0);
  });

  test("isn't looked for where the node's own is missing", async () => {
    expect((await inOwnNamespace(start(addresses(virtual)))).stdout.trim()).toBe(virtual);
  });
});

describe.runIf(hasNamespaces)("routes of flannel's host-gw", () => {
  test("go with the cleanup, and no others", async () => {
    const { stdout } = await inOwnNamespace(`
ip link add lan type bridge; ip address add 192.168.1.11/24 dev lan; ip link set lan up
ip route add 10.42.1.0/24 via 192.168.1.12 dev lan onlink
ip route add 10.42.2.0/24 via 192.168.1.13 dev lan onlink
ip route add 10.99.0.0/24 via 192.168.1.1 dev lan onlink
ip route add default via 192.168.1.1 dev lan onlink
mkdir -p /run/flannel; echo FLANNEL_NETWORK=10.42.0.0/16 > /run/flannel/subnet.env
try() { timeout 120 "$@" > /dev/null 2>&1 || true; }
. ${component("host/cleanup/clean-network.sh")}
clean_flannel_routes
ip -4 route show | awk '{ print $1 }'`);
    expect(stdout.trim().split("\n")).toEqual(["default", "10.99.0.0/24", "192.168.1.0/24"]);
  });

  test("are none of ours where flannel never ran", async () => {
    const { stdout } = await inOwnNamespace(`
ip link add lan type bridge; ip address add 192.168.1.11/24 dev lan; ip link set lan up
ip route add 10.42.1.0/24 via 192.168.1.12 dev lan onlink
try() { timeout 120 "$@" > /dev/null 2>&1 || true; }
. ${component("host/cleanup/clean-network.sh")}
clean_flannel_routes
ip -4 route show | awk '{ print $1 }'`);
    expect(stdout.trim().split("\n")).toEqual(["10.42.1.0/24", "192.168.1.0/24"]);
  });
});
