import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { caRoot } from "./company-root.ts";
import { change, problemsOf, stackConfig, stackFileConfig } from "./stack-files.ts";

type Changes = Readonly<Record<string, unknown>>;
type Stack = "pi" | "dev";

/** Values that what reads a setting refuses, and that the settings therefore refuse: the setting, one value after another. */
const refused: readonly [string, Stack, (value: unknown) => Changes, readonly unknown[]][] = [
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
    "the API's certificate: kubeadm",
    "dev",
    (name) => ({ "cluster.apiServerNames": [name] }),
    [
      "fe80::1%eth0",
      "API.example.org",
      "https://api.example.org",
      "api.example.org:6443",
      "",
      "a b",
      "1.2.3",
      "-a",
      "*.*.a",
      "*",
    ],
  ],
  [
    "a host's address: SSH",
    "pi",
    (address) => ({ "site.hosts.3.address": address, "site.hosts.3.privateAddress": "192.168.1.14" }),
    ["ssh://pi-4", "pi-4:22", "pi 4", "192.168.1", "192.168.1.300", "grappe@pi-4", "fe80::1", "-a"],
  ],
  [
    "an address: Go's net.ParseIP",
    "pi",
    (value) => ({ "site.apiAddress": value }),
    ["192.168.001.010", "192.168.1.10 ", "::1"],
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
    ["Admin", "two words", "root", "a".repeat(33), "ü", "-a", "a:b"],
  ],
  [
    "a schedule: k3s' cron and systemd",
    "pi",
    (schedule) => ({ "cluster.etcdSnapshots.schedule": schedule }),
    ["every day", "@daily", "@every 1h", "0 3 * *", "0 3 * * * *", "0 0 30 2 *", "0 24 * * *", "TZ=UTC 0 3 * * *"],
  ],
  [
    "an S3 server: minio's client and curl",
    "pi",
    (endpoint) => ({ "cluster.etcdSnapshots.s3": { endpoint, bucket: "shop", accessKey: "k" } }),
    ["https://s3.example.org", "s3.example.org/shop", "s3.example.org:0", "a b", ""],
  ],
  [
    "an S3 account: curl",
    "pi",
    (accessKey) => ({ "cluster.etcdSnapshots.s3": { bucket: "shop", accessKey } }),
    ["a:b", "two words", ""],
  ],
  [
    "Odoo's users: each login is one's",
    "pi",
    (login) => ({ "apps.odoo.adminLogin": login }),
    ["public", "__system__", "portaltemplate", "two words"],
  ],
  [
    "a cashier: Odoo's own users",
    "pi",
    (login) => ({ "apps.odoo.pointOfSale.cashiers": [login] }),
    ["public", "default", "portaltemplate", "Anna"],
  ],
  [
    "a bucket: S3",
    "pi",
    (bucket) => ({ "cluster.etcdSnapshots.s3": { bucket, accessKey: "k" } }),
    ["Shop", "ab", "a..b", "192.168.1.1", "a_b", "shop/berlin", "-ab"],
  ],
  [
    "a folder in it",
    "pi",
    (folder) => ({ "cluster.etcdSnapshots.s3": { bucket: "shop", accessKey: "k", folder } }),
    ["/a", "a/", "a//b", "../a", "a b", "a/../b"],
  ],
  [
    "an exported folder: exports(5), and the teardown",
    "pi",
    (path) => ({ "platform.storage.nfs.path": path }),
    [
      "/",
      "srv",
      "/srv/my files",
      "/srv/nfs/",
      "/srv//nfs",
      "/srv/../etc",
      "/etc",
      "/var/lib",
      "/var/lib/kubelet/x",
      '/srv/"a"',
      "/srv/a(b)",
      "/home",
    ],
  ],
  [
    "a folder for volumes",
    "pi",
    (path) => ({ "platform.storage.local": { path } }),
    [
      ...[
        "/",
        "/var/lib",
        "/usr/local/x",
        "/srv/#a",
        "/tmp/volumes",
        "/var/tmp/a",
        "/var/log/pods",
        "/opt/cni",
        "/opt/cni/x",
      ],
      ...["/var/lib/grappe", "/var/lib/grappe/images", "/var/lib/docker/volumes", "/var/cache/a", "/lib64/a", "/root"],
    ],
  ],
  [
    "an NFS server that exists: mount",
    "pi",
    (server) => ({ "platform.storage.nfs": { kind: "existing", server, path: "/x" } }),
    ["nas:/x", "nfs://nas", "a b", ""],
  ],
  [
    "an ACME directory",
    "dev",
    (caServer) => ({
      "platform.certificates": { authority: "letsEncrypt", environment: "staging", email: "a@b.de", caServer },
    }),
    [
      "ca.example.org",
      "http://ca.example.org/dir",
      "https://u:p@ca.example.org",
      "https://ca.example.org/dir?x",
      "ftp://a.b",
    ],
  ],
  [
    "an authority's root: Traefik's reader of PEM",
    "dev",
    (caRoot) => ({
      "platform.certificates": {
        ...{ authority: "letsEncrypt", environment: "staging", email: "a@b.de" },
        ...{ caServer: "https://ca.example.org/dir", caRoot },
      },
    }),
    ["", "root.pem", caRoot.replace("MII", "MI"), `${caRoot}\nx`, caRoot.replace("END", "BEGIN")],
  ],
  [
    "a name behind the ingress: an Ingress's host",
    "dev",
    (host) => ({ "apps.odoo.expose.host": host }),
    ["192.168.1.5", "1.2", "Shop.example.org", "shop.example.org.", "a_b.example.org"],
  ],
  [
    "the dashboard's user: htpasswd",
    "dev",
    (user) => ({ "platform.ingress.dashboard.user": user }),
    ["a:b", "a b", "", "#a"],
  ],
  [
    "an amount of storage",
    "pi",
    (size) => ({ "apps.odoo.postgres.size": size }),
    ["10G", "10 Gi", "010Gi", "1.5Gi", "10GiB", "99999999999999999999Gi", "-1Gi"],
  ],
  [
    "an image: container runtimes",
    "pi",
    (image) => ({ "apps.odoo.image": image }),
    [
      "Odoo:19.0",
      "odoo",
      "https://docker.io/odoo:1",
      "odoo:19.0 ",
      "odoo:",
      "odoo:-a",
      "a//b:1",
      "odoo@sha256:abc",
      "registry.example.org:5000/odoo",
    ],
  ],
  [
    "a language: Odoo",
    "pi",
    (language) => ({ "apps.odoo.language": language }),
    ["en_DE", "de", "de-DE", "xx_YY", "", "de_de"],
  ],
  [
    "a database: PostgreSQL",
    "pi",
    (database) => ({ "apps.odoo.database": database }),
    ["postgres", "template1", "Odoo", "a-b", "1a"],
  ],
  ["a country: Odoo", "pi", (country) => ({ "apps.odoo.country": country }), ["de", "DEU", "UK", "XX", ""]],
  [
    "a cashier's login: a Secret's key",
    "pi",
    (login) => ({ "apps.odoo.pointOfSale.cashiers": [login] }),
    ["Anna", "anna b", "anna@shop.de", "", "-a", "ä", "a".repeat(64)],
  ],
  [
    "a till's name",
    "pi",
    (name) => ({ "apps.odoo.pointOfSale.name": name }),
    ["", " ", "Till 1 ", "Till\n1", "a".repeat(61)],
  ],
  ["a module's name", "pi", (module) => ({ "apps.odoo.modules": [module] }), ["Point of Sale", "point-of-sale", ""]],
  [
    "a registry's name: an image's reference",
    "dev",
    (name) => ({ "artifacts.registries": { [String(name)]: { endpoints: ["https://mirror.example.org"] } } }),
    [
      "https://docker.io",
      "*",
      "docker.io/library",
      "index.docker.io",
      "registry-1.docker.io",
      "Docker.io",
      "harbor",
      "a.b:99999",
      "a b.c",
      "",
    ],
  ],
  [
    "a registry's mirror: containerd",
    "dev",
    (endpoint) => ({ "artifacts.registries": { "docker.io": { endpoints: [endpoint] } } }),
    [
      "mirror.example.org",
      "ftp://mirror.example.org",
      "https://u:p@mirror.example.org",
      "https://a.b/?x=1",
      "https://a.b/#c",
      "https://a_b.c",
      "https://",
    ],
  ],
  [
    "a registry's user",
    "dev",
    (username) => ({ "artifacts.registries": { "a.example.org": { endpoints: ["https://a.example.org"], username } } }),
    ["a:b", "a b", ""],
  ],
  [
    "a mirror of a publisher",
    "dev",
    (mirror) => ({ "artifacts.mirrors": { "https://dl.k8s.io": mirror } }),
    ["mirror", "https://a.b?x"],
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

/** Folders below /var/lib/grappe that any part of the program names, and what the cleanup deletes. */
function foldersInUse(): readonly string[] {
  const root = new URL("../../../", import.meta.url);
  const texts = globSync("components/**/*.{ts,sh}", { cwd: root }).filter((file) => !file.includes("settings/schema"));
  const named = texts.flatMap((file) => {
    const text = readFileSync(new URL(file, root), "utf8");
    const own = [...text.matchAll(/(?:\/var\/lib\/grappe|\$state)\/([a-z-]+)/g)].map(
      ([, name]) => `/var/lib/grappe/${name}`,
    );
    const deleted = file.includes("host/cleanup/")
      ? [...text.matchAll(/(?<=[\s'])\/(?:var|opt|usr)\/[a-z0-9/-]+/g)]
      : [];
    return [...own, ...deleted.map(([path]) => path.replace(/\/$/, ""))];
  });
  return [...new Set(named)].filter((path) => path !== "/var/lib/grappe/volumes");
}

describe("folders for data", () => {
  it("are none that grappe uses, or deletes in the end", () => {
    const folders = foldersInUse();
    expect(folders).toEqual(expect.arrayContaining(["/var/lib/grappe/images", "/opt/cni", "/var/log/pods"]));
    for (const folder of folders.flatMap((path) => [path, `${path}/x`])) {
      const [problem] = problemsOf(
        stackConfig(change(stackFileConfig("pi"), { "platform.storage.local": { path: folder } })),
      );
      expect(`${folder}: ${problem?.path}`).toBe(`${folder}: grappe:platform.storage.local.path`);
    }
  });
});

describe("what a reader refuses is refused by the settings, with a fix", () => {
  const cases = refused.flatMap(([what, stack, changes, values]) =>
    values.map((value) => [what, JSON.stringify(value), stack, changes(value)] as const),
  );

  it.each(cases)("%s: %s", (_what, _value, stack, changes) => {
    const problems = problemsOf(stackConfig(change(stackFileConfig(stack), changes)));
    expect(problems.length).toBeGreaterThan(0);
    for (const { reason, fix } of problems) {
      expect(reason).toMatch(/[.!?]$/);
      expect(fix.length).toBeGreaterThanOrEqual(10);
      expect(`${reason} ${fix}`).not.toMatch(/Invalid|pattern|regex|undefined/);
    }
  });
});

/** Values of the same settings that their readers take. */
const taken: readonly [string, Stack, Changes][] = [
  [
    "labels",
    "pi",
    {
      "site.hosts.3.labels": {
        "topology.kubernetes.io/region": "berlin",
        "node.kubernetes.io/instance-type": "pi-4",
        "till.node.kubernetes.io/a": "",
        "example.org/role": "till",
        "a.B_c": "D.e_f",
        "xkubernetes.io/a": "b",
      },
    },
  ],
  [
    "taints of one key and two effects",
    "pi",
    {
      "site.hosts.3.taints": [
        { key: "example.org/pos", value: "", effect: "NoSchedule" },
        { key: "example.org/pos", effect: "NoExecute" },
      ],
    },
  ],
  [
    "a till's taint on a server",
    "pi",
    { "site.hosts.0.taints": [{ key: "dedicated", value: "pos", effect: "PreferNoSchedule" }] },
  ],
  [
    "names in the certificate",
    "dev",
    { "cluster.apiServerNames": ["api", "api.example.org", "*.example.org", "192.168.1.9", "fd00::1"] },
  ],
  ["a host by its name", "pi", { "site.hosts.3.address": "Pi-4.lan", "site.hosts.3.privateAddress": "192.168.1.14" }],
  ["every Sunday", "pi", { "cluster.etcdSnapshots.schedule": "0 3 * * SUN" }],
  [
    "S3 of one's own",
    "pi",
    {
      "cluster.etcdSnapshots.s3": {
        endpoint: "192.168.1.9:9000",
        bucket: "shop.berlin",
        accessKey: "AKIA/x+y=",
        folder: "a/b",
      },
    },
  ],
  ["NFS of version 4", "pi", { "platform.storage.nfs": { kind: "existing", server: "nas", path: "/" } }],
  ["an image by digest", "pi", { "apps.odoo.image": `localhost:5000/shop/my__odoo:19.0-3@sha256:${"a".repeat(64)}` }],
  ...["ar_001", "es_419", "sr@latin", "de_CH", "kab_DZ", "sw"].map((language): [string, Stack, Changes] => [
    `the language ${language}`,
    "pi",
    { "apps.odoo.language": language },
  ]),
  [
    "mirrors with paths",
    "dev",
    {
      "artifacts.registries": {
        "docker.io": { endpoints: ["https://harbor.example/v2/dockerhub", "http://192.168.1.9:5000"] },
        "localhost:5000": { endpoints: ["http://localhost:5000"] },
      },
    },
  ],
  ["an external network by id", "dev", { "site.externalNetwork": "8a8f1b7c-9e0d-4c1b-a2b3-000000000001" }],
  ["a placement by the host's name", "dev", { "apps.edge.placement": { "kubernetes.io/hostname": "space-1-1" } }],
];

describe("what a reader takes is taken", () => {
  it.each(taken)("%s", (_what, stack, changes) => {
    const problems = problemsOf(stackConfig(change(stackFileConfig(stack), changes)));
    // A secret that these settings call for is no matter here.
    expect(problems.filter(({ path }) => path !== "grappe:etcdS3SecretKey")).toEqual([]);
  });
});

describe("taints", () => {
  it("of one key and effect are refused, as the kubelet refuses duplicated ones", () => {
    const twice = [1, 2].map((value) => ({ key: "dedicated", value: String(value), effect: "NoSchedule" }));
    const problems = problemsOf(stackConfig(change(stackFileConfig("pi"), { "site.hosts.3.taints": twice })));
    expect(problems).toEqual([
      {
        path: "grappe:site.hosts[3].taints[1]",
        reason: expect.stringMatching(/second taint dedicated/),
        fix: "Remove one.",
      },
    ]);
  });

  it("of servers lead to the setting that sets theirs", () => {
    const changes = {
      "cluster.schedulableServers": false,
      "site.hosts.0.taints": [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
    };
    const [problem] = problemsOf(stackConfig(change(stackFileConfig("pi"), changes)));
    expect(problem?.fix).toContain("schedulableServers: false");
  });
});
