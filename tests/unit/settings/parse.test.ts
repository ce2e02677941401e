import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../components/settings/parse.ts";
import { change, problemsOf, stackConfig, stackFileConfig, testPrivateKey } from "./stack-files.ts";

const pi = stackFileConfig("pi");
const dev = stackFileConfig("dev");

describe("the stack files", () => {
  it("pi: six Raspberry Pis, servers first", () => {
    const settings = parseSettings(stackConfig(pi));
    expect(settings.hosts.map(({ name, role, privateAddress }) => `${name} ${role} ${privateAddress}`)).toEqual([
      "pi-1 server 192.168.1.11",
      "pi-2 server 192.168.1.12",
      "pi-3 server 192.168.1.13",
      "pi-4 agent 192.168.1.14",
      "pi-5 agent 192.168.1.15",
      "pi-6 agent 192.168.1.16",
    ]);
    expect(settings.apiAddress).toBe("192.168.1.10");
    expect(settings.hosts[0]?.labels).toEqual({ "grappe.dev/subnet": "192.168.1.0-24" });
    expect(settings.sshPublicKey).toMatch(/^ssh-ed25519 AAAA\S+$/);
    expect(settings.secrets.sshPrivateKey).toBe(testPrivateKey);
  });

  it("dev: one server, an agent in each tier", () => {
    const settings = parseSettings(stackConfig(dev));
    expect(settings.hosts.map(({ name, privateAddress, labels }) => [name, privateAddress, labels.PoP])).toEqual([
      ["server-1", "3.7.12.10", undefined],
      ["space-1-1", "3.7.12.20", "space_1"],
      ["space-2-1", "4.7.12.20", "space_2"],
    ]);
    expect(settings.apiAddress).toBe("3.7.12.240");
  });

  it("without a virtual address, a single server's is the API's", () => {
    expect(parseSettings(stackConfig(change(dev, { "site.apiAddress": undefined }))).apiAddress).toBe("3.7.12.10");
  });
});

describe("all problems in one run", () => {
  it("two servers, an overlapping pool, an unknown key and a missing host key", () => {
    const broken = change(pi, {
      "site.hosts.2.role": "agent",
      "site.loadBalancerPool": ["192.168.1.150-192.168.1.210"],
      "site.colour": "red",
      "site.hosts.3.hostKey": undefined,
    });
    expect(problemsOf(stackConfig(broken)).map(({ path }) => path)).toEqual([
      "grappe:site.colour",
      "grappe:site.hosts",
      "grappe:site.hosts[3].hostKey",
      "grappe:site.loadBalancerPool[0]",
    ]);
  });

  it("a room that can't be parsed doesn't hide the problems of the others", () => {
    const broken = change(pi, { "site.network": 5, "cluster.cni": "calico", "apps.odoo.replicas": 0 });
    const paths = problemsOf(stackConfig(broken)).map(({ path }) => path);
    expect(paths).toEqual(["grappe:site.network", "grappe:apps.odoo.replicas", "grappe:cluster.cni"]);
  });

  it("the report numbers them and shows setting, reason and fix", () => {
    const broken = change(pi, { "cluster.cni": "calico", "site.hosts.0.hostkey": "x" });
    expect(() => parseSettings(stackConfig(broken))).toThrow(
      [
        "The settings of stack test have 2 problems. Nothing was touched.",
        "",
        "  1. grappe:site.hosts[0].hostkey",
        "     reason: is an unknown key; nothing reads it.",
        "     fix:    Did you mean `hostKey`? Rename it, or remove it.",
        "",
        "  2. grappe:cluster.cni",
      ].join("\n"),
    );
  });
});

describe("what a schema refuses", () => {
  const table: readonly [string, Record<string, unknown>, string, RegExp, RegExp][] = [
    ["a missing room", { cluster: undefined }, "grappe:cluster", /missing/, /Pulumi\.test\.yaml/],
    ["an unknown room", { clutser: {} }, "grappe:clutser", /unknown/, /`grappe:cluster`/],
    ["a room that is text", { apps: "odoo" }, "grappe:apps", /an object, but is text/, /Write an object/],
    ["a number for text", { "cluster.version": 1.36 }, "grappe:cluster.version", /text, but is a number/, /Quote it/],
    [
      "text for a number",
      { "site.hosts.0.port": "22" },
      "grappe:site.hosts[0].port",
      /a number, but is text/,
      /a number/,
    ],
    ["a missing value", { "site.network": undefined }, "grappe:site.network", /missing/, /network on which the nodes/],
    ["an unknown value", { "cluster.cni": "weave" }, "grappe:cluster.cni", /none of the values/, /`flannel`, `calico`/],
    ["an unknown kind", { "site.kind": "bare" }, "grappe:site.kind", /none of the kinds/, /`machines`, `openstack`/],
    [
      "a bad address",
      { "site.apiAddress": "192.168.1.300" },
      "grappe:site.apiAddress",
      /not an IPv4/,
      /192\.168\.1\.10/,
    ],
    [
      "host bits",
      { "site.network": "192.168.1.1/24" },
      "grappe:site.network",
      /not an IPv4 network/,
      /192\.168\.1\.0\/24/,
    ],
    [
      "a range upside down",
      { "site.dhcpRange": "192.168.1.9-192.168.1.3" },
      "grappe:site.dhcpRange",
      /not an address range/,
      /lower address/,
    ],
    ["a name", { "site.hosts.0.name": "Pi_1" }, "grappe:site.hosts[0].name", /not a DNS label/, /lower-case/],
    ["a bound", { "apps.odoo.replicas": 9 }, "grappe:apps.odoo.replicas", /at most 8/, /1 to 8/],
    ["an empty list", { "site.hosts": [] }, "grappe:site.hosts", /at least 1 entries/, /bound/],
    [
      "a label's name",
      { "site.hosts.0.labels": { "a b": "c" } },
      'grappe:site.hosts[0].labels["a b"]',
      /not a name for a label/,
      /Write up to 63/,
    ],
    [
      "a setting of the other kind",
      { "site.agentPools": [] },
      "grappe:site.agentPools",
      /unknown key/,
      /Known here: apiAddress, dhcpRange/,
    ],
  ];
  it.each(table)("%s", (_, changes, path, reason, fix) => {
    const [problem, ...others] = problemsOf(stackConfig(change(pi, changes)));
    expect(others).toEqual([]);
    expect(problem?.path).toBe(path);
    expect(problem?.reason).toMatch(reason);
    expect(problem?.fix).toMatch(fix);
  });

  it("settings of other programs are none of ours", () => {
    expect(problemsOf(stackConfig({ ...pi, "openstack:cloud": "x", "grappe2:site": "y" }))).toEqual([]);
  });
});
