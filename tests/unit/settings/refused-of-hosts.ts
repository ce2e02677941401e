import type { RefusedValues } from "./reader-case.ts";

/** Settings of hosts and of the machines of a cloud that what reads them refuses. */
export const refusedOfHosts: readonly RefusedValues[] = [
  [
    "labels of a node: the kubelet",
    "pi",
    (label) => ({ "site.hosts.3.labels": { [String(label)]: "x" } }),
    [
      ...["kubernetes.io/role", "foo.kubernetes.io/bar", "k8s.io/x", "node-role.kubernetes.io/worker"],
      ...["node-restriction.kubernetes.io/x", "kubernetes.io/hostname", "kubernetes.io/arch", "beta.kubernetes.io/os"],
      ...["a/b/c", "/a", "a/", "Example.org/a", "-a", "a-", "a".repeat(64), `${"a".repeat(254)}/b`, "exa_mple.org/a"],
    ],
  ],
  [
    "values of labels: the API server",
    "pi",
    (value) => ({ "site.hosts.3.labels": { shelf: value } }),
    ["two words", "-a", "a-", "a".repeat(64), "ä", "a/b"],
  ],
  [
    "taints: the kubelet",
    "pi",
    (taint) => ({ "site.hosts.3.taints": [taint] }),
    [
      { key: "dedicated=pos", effect: "NoSchedule" },
      { key: "two words", effect: "NoSchedule" },
      { key: "a", value: "two words", effect: "NoSchedule" },
      { key: "a", value: "b:c", effect: "NoSchedule" },
      { key: "a", effect: "Never" },
      { key: "node.kubernetes.io/not-ready", effect: "NoExecute" },
      { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
    ],
  ],
  ["a failure domain: a label's value", "pi", (value) => ({ "site.hosts.3.failureDomain": value }), ["rack 1", "-a"]],
  ["a zone: a label's value", "dev", (value) => ({ "site.servers.availabilityZones": [value] }), ["", "zone 1", "a:b"]],
  [
    "a host's address: SSH",
    "pi",
    (address) => ({ "site.hosts.3.address": address, "site.hosts.3.privateAddress": "192.168.1.14" }),
    ["ssh://pi-4", "pi-4:22", "pi 4", "192.168.1", "192.168.1.300", "grappe@pi-4", "fe80::1", "-a"],
  ],
  [
    "a name server: resolvers of other machines",
    "pi",
    (server) => ({ "site.nameServers": [server] }),
    ["127.0.0.1", "127.0.0.53", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "dns.lan"],
  ],
  [
    "name servers of a subnet: Neutron",
    "dev",
    (servers) => ({ "site.networks.0.subnets.0.dnsNameservers": servers }),
    [["127.0.0.1"], ["0.0.0.0"], ["9.9.9.9", "9.9.9.9"]],
  ],
  [
    "a user: useradd",
    "dev",
    (user) => ({ "site.user": user }),
    [
      ...["Admin", "two words", "root", "a".repeat(33), "ü", "-a", "a:b"],
      ...["bin", "backup", "nobody", "www-data", "staff", "operator", "sudo", "users", "systemd-network"],
    ],
  ],
  ["a flavor", "dev", (flavor) => ({ "site.servers.flavor": flavor }), [" m1.small", "m1.small ", "a\nb", ""]],
  [
    "a cloud's address",
    "dev",
    (authUrl) => ({ "site.cloud": undefined, "site.applicationCredential": { authUrl, id: "abc" } }),
    ["cloud.example.org:5000", "https://a.b?x"],
  ],
  [
    "a machine's name",
    "pi",
    (name) => ({ "site.hosts.3.name": name }),
    ["localhost", "Pi-4", "pi_4", "pi.4", "-pi", "a".repeat(64)],
  ],
];
