import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cniNames } from "../../../components/cluster/cni/manifests.ts";
import { listenerValues, renderPlan, type TriedHost } from "../../../components/host/local-network/local-network.ts";
import { shellQuote } from "../../../components/host/shell-assignments.ts";
import type { NodePort } from "../../../components/settings/node-port.ts";
import { nodePorts, possibleNodePorts } from "../../../components/settings/node-ports.ts";
import { hasNamespaces, inOwnNamespace } from "./own-namespace.ts";

const folder = new URL("../../../components/host/local-network/", import.meta.url);

/** Of files beside the scripts, as these hand them to Perl. */
const programOf = (...files: readonly string[]) =>
  files.map((file) => readFileSync(new URL(file, folder), "utf8")).join("");
const listeningProgram = programOf("sockets.pl", "listen.pl");
const tryingProgram = programOf("sockets.pl", "report.pl", "try-ports.pl");

const host = (index: number, role: TriedHost["role"]): TriedHost => ({
  ...{ name: `pi-${index}`, role, privateAddress: `192.168.1.1${index}` },
  ...{ subnet: "192.168.1.0/24", sshPort: 22 },
});
const hosts = [host(1, "server"), host(2, "server"), host(3, "agent"), host(4, "server")];

const node = { to: "nodes", from: "nodes" } as const;
const servers = { to: "servers", from: "servers" } as const;
const ports: readonly NodePort[] = [
  { to: "servers", from: "nodes", protocol: "tcp", ports: [6443, 6443], why: "the API" },
  { ...servers, protocol: "tcp", ports: [2379, 2380], why: "etcd" },
  { ...servers, protocol: "vrrp", why: "the API's address" },
  { ...node, protocol: "tcp", ports: [10250, 10250], why: "the kubelet" },
  { ...node, protocol: "udp", ports: [8472, 8472], why: "pods" },
  { ...node, protocol: "any", why: "pods' own packets" },
];

/** Four machines on one switch; each listens as preflight leaves it, unless `given` says otherwise. */
async function tried(given: string, of: readonly TriedHost[] = hosts) {
  const machines = of.map(({ name, privateAddress, role }) => {
    const { heldPorts, knownPorts } = listenerValues(role);
    return `ip netns add ${name}; ip link add ${name} type veth peer name eth0 netns ${name}; ip link set ${name} master lan up
ip -n ${name} address add ${privateAddress}/24 dev eth0; ip -n ${name} link set eth0 up; ip -n ${name} link set lo up
listen_${name.replace("-", "_")}() { ip netns exec ${name} perl listen.pl ${privateAddress} ${heldPorts} ${knownPorts}; }`;
  });
  const listen = of.map(({ name }) => `[[ " $silent " = *" ${name} "* ]] || listen_${name.replace("-", "_")}`);
  const { code, stdout, stderr } = await inOwnNamespace(`
printf '%s' ${shellQuote(listeningProgram)} > listen.pl
ip link add lan type bridge; ip link set lan up; silent=''
on() { ip netns exec "$@"; }
drop() { # machine, and what it lets in besides SSH
  local machine=$1 rule
  shift
  on "$machine" iptables -P INPUT DROP
  for rule in '-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT' '-i lo -j ACCEPT' '-p tcp --dport 22 -j ACCEPT' "$@"; do
    on "$machine" iptables -A INPUT $rule
  done
}
# A program that isn't ours and closes whatever it is told.
serve() { on "$1" perl -MIO::Socket::INET -e 'my $l = IO::Socket::INET->new(Listen => 9, LocalPort => shift, ReuseAddr => 1) or die; while (my $c = $l->accept) { sysread $c, my $x, 9; close $c }' "$2" & }
${machines.join("\n")}
${given}
${listen.join("\n")}
sleep 0.3
on pi-1 perl -e ${shellQuote(tryingProgram)} pi-1 <<< ${shellQuote(renderPlan(of, ports))}`);
  return { code, said: `${stdout}${stderr}` };
}

describe.runIf(hasNamespaces)("ports between machines", () => {
  test("that let everything in are found open", async () => {
    expect(await tried("")).toEqual({ code: 0, said: "" });
  });

  test("are named where a machine drops all but SSH, with those from whom, why and each firewall's command", async () => {
    const { code, said } = await tried("drop pi-3");
    expect(code).toBe(1);
    expect(said).toMatch(/1\. pi-3 \(192\.168\.1\.13\) can't be reached at:\n/);
    expect(said).toContain("TCP 10250, from pi-1: no answer\n         why: the kubelet\n");
    expect(said).toContain("UDP 8472, from pi-1: no answer\n");
    expect(said).toContain("ufw allow proto tcp from 192.168.1.0/24 to any port 10250\n");
    expect(said).toContain("nft insert rule inet filter input ip saddr 192.168.1.0/24 udp dport { 8472 } accept\n");
    expect(said).toContain("source address=192.168.1.0/24 port port=10250 protocol=tcp accept'\n");
    expect(said).not.toMatch(/pi-2 \(|2379|6443/);
  });

  test("of a server are tried from every machine by its role, the one included that tries the others", async () => {
    const { code, said } = await tried("drop pi-1 '-p tcp -m multiport --dports 2379,10250 -j ACCEPT'");
    expect(code).toBe(1);
    expect(said).toContain("TCP 2380, from pi-2, pi-4: no answer\n");
    expect(said).toContain("TCP 6443, from pi-2, pi-3, pi-4: no answer\n");
    expect(said).toContain("UDP 8472, from pi-2, pi-3, pi-4: no answer\n");
    expect(said).toContain("VRRP (IP protocol 112), from pi-4: no answer\n");
    expect(said).not.toMatch(/TCP (2379|10250)/);
  });

  test("that are shut by answers of a firewall's aren't taken for such where nothing listens", async () => {
    const { said } = await tried(
      "drop pi-2 '-p tcp --dport 2380 -j REJECT' '-p tcp -j ACCEPT' '-p udp -j ACCEPT' '-p 112 -j ACCEPT'",
    );
    expect(said).toMatch(/TCP 2380, from pi-1: refused/);
    expect(said).not.toMatch(/TCP (2379|10250|6443)|UDP|VRRP/);
    expect(await tried("silent='pi-2'")).toEqual({ code: 0, said: "" });
  });

  test("of nodes are left alone, and one that is off isn't in the way of another that comes", async () => {
    const members = "silent='pi-1 pi-2 pi-4'; serve pi-1 10250; serve pi-1 6443; ip -n pi-2 link set eth0 down";
    expect(await tried(members)).toEqual({
      code: 0,
      said: "nodes are there\nnot tried, as nothing answers there: pi-2\n",
    });
    const shut = await tried(`${members}; serve pi-3 22; drop pi-3`);
    expect(shut.said).toContain("pi-3 (192.168.1.13) can't be reached at:");
  });

  test("of a machine that nobody reaches are named while there is no node yet", async () => {
    expect((await tried("ip -n pi-3 link set eth0 down")).said).toContain("pi-3 (192.168.1.13) can't be reached at:");
  });
});

test("the page about network access has every port", () => {
  const page = readFileSync(new URL("../../../docs/network-access.md", import.meta.url), "utf8");
  for (const { protocol, ports: [first, last] = [112, 112] } of possibleNodePorts) {
    for (let port = first; port <= last; port += 1)
      expect(page).toContain(protocol === "vrrp" ? `protocol ${port}` : `${protocol.toUpperCase()} ${port}`);
  }
});

test("what listens listens wherever any settings will ask", () => {
  const key = ({ to, from, protocol, ports: range }: NodePort) => [to, from, protocol, range].join();
  const possible = new Set(possibleNodePorts.map(key));
  expect(possible.size).toBe(possibleNodePorts.length);
  const asked = (["vxlan", "wireguard-native", "host-gw"] as const).flatMap((flannelBackend) =>
    cniNames.flatMap((cni) =>
      nodePorts({
        cluster: { cni, flannelBackend },
        platform: { loadBalancer: "metallb" },
        servers: 3,
        apiAddressIsVirtual: true,
        loadBalancerPool: ["192.168.1.200-192.168.1.210"],
      }),
    ),
  );
  expect(asked.filter((port) => port.protocol !== "any" && !possible.has(key(port)))).toEqual([]);
  expect(listenerValues("agent").heldPorts).not.toMatch(/6443|2379|vrrp/);
});
