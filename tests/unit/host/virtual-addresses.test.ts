import { describe, expect, test } from "vitest";
import { loadScript } from "../../../components/host/script.ts";
import { shellAssignments, shellQuote } from "../../../components/host/shell-assignments.ts";
import { hasNamespaces, inOwnNamespace } from "./own-namespace.ts";

const folder = new URL("../../../components/host/local-network/", import.meta.url);
const script = loadScript(new URL("x.ts", folder).href, "./local-network.sh");

const values = (pool: readonly string[] = []) => ({
  ...{ name: "pi-1", privateAddress: "192.168.1.11", hostAddresses: "192.168.1.11 192.168.1.12" },
  plan: [
    "host pi-1 server 192.168.1.11 192.168.1.0/24 22",
    "host pi-2 server 192.168.1.12 192.168.1.0/24 22",
    "port nodes nodes tcp 10250 the kubelet",
  ].join("\n"),
  virtualAddresses: [
    "grappe:site.apiAddress 192.168.1.5",
    ...["192.168.1.200", "192.168.1.201", ...pool].map((address) => `grappe:site.loadBalancerPool[0] ${address}`),
  ].join("\n"),
});

const run = (of = values()) => `bash --norc -c ${shellQuote(script.text)} <<< ${shellQuote(shellAssignments(of))}`;

/** pi-1, on whose network pi-2 and a printer are. */
async function onNetwork(body: string) {
  const machines = ["pi-2 192.168.1.12", "printer 192.168.1.200"].map((each) => {
    const [name, address] = each.split(" ");
    return `ip netns add ${name}; ip link add ${name} type veth peer name eth0 netns ${name}; ip link set ${name} master lan up
ip -n ${name} address add ${address}/24 dev eth0; ip -n ${name} link set eth0 up`;
  });
  const { code, stdout, stderr } = await inOwnNamespace(`
ip link add lan type bridge; ip address add 192.168.1.11/24 dev lan; ip link set lan up
${machines.join("\n")}
ip -n printer link set eth0 address 02:00:00:00:be:ef
${body}`);
  return { code, said: `${stdout}${stderr}` };
}

describe.runIf(hasNamespaces)("addresses that the cluster will take", () => {
  test("are refused where another device holds one, with its MAC, the setting and the fix", async () => {
    const { code, said } = await onNetwork(run());
    expect(code).toBe(1);
    expect(said).toMatch(
      /^grappe:site\.loadBalancerPool\[0\]: the address 192\.168\.1\.200 is held by another device already; its MAC is 02:00:00:00:be:ef\.\n {6}why: .*\n {6}fix: /,
    );
    expect(said).not.toMatch(/192\.168\.1\.(5|201)/);
  });

  test("are asked of a device whose firewall answers nothing else, too", async () => {
    const { said } = await onNetwork(`ip netns exec printer iptables -P INPUT DROP\n${run()}`);
    expect(said).toContain("192.168.1.200 is held");
  });

  test("are free where nobody answers, or only a machine of ours", async () => {
    const ours = "ip -n printer link set eth0 down; ip -n pi-2 address add 192.168.1.200/32 dev eth0";
    expect(await onNetwork(`${ours}\n${run()}\ncat /var/lib/grappe/virtual-addresses`)).toEqual({
      code: 0,
      said: "192.168.1.5\n192.168.1.200\n192.168.1.201\n",
    });
  });

  test("are the cluster's own once it stands, also on a machine that goes; what a pool gets then is asked", async () => {
    const member = "mkdir -p /var/lib/grappe/kubernetes; echo pi-1 > /var/lib/grappe/kubernetes/member";
    const known = "printf '192.168.1.5\\n192.168.1.200\\n192.168.1.201\\n' > /var/lib/grappe/virtual-addresses";
    expect(await onNetwork(`${member}\n${run()}`)).toEqual({ code: 0, said: "" });
    expect(await onNetwork(`${member}; ${known}\n${run()}`)).toEqual({ code: 0, said: "" });
    const more = `ip -n printer address add 192.168.1.202/24 dev eth0\n${run(values(["192.168.1.202"]))}`;
    const { said } = await onNetwork(`${member}; ${known}\n${more}`);
    expect(said).toContain("192.168.1.202 is held");
    expect(said).not.toContain("192.168.1.200 is held");
  });

  test("are the cluster's own where a new first server looks, as the others are nodes already", async () => {
    const node =
      "ip netns exec pi-2 perl -MIO::Socket::INET -e 'my $l = IO::Socket::INET->new(Listen => 9, LocalPort => 10250) or die; while (my $c = $l->accept) { close $c }' & sleep 0.3";
    expect(await onNetwork(`${node}\n${run()}`)).toEqual({ code: 0, said: "" });
  });
});
