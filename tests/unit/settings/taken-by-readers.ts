import type { TakenValues } from "./reader-case.ts";

/** Values of settings that what reads them takes. */
export const taken: readonly TakenValues[] = [
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
  ...["ar_001", "es_419", "sr@latin", "de_CH", "kab_DZ", "sw"].map(
    (language): TakenValues => [`the language ${language}`, "pi", { "apps.odoo.language": language }],
  ),
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
  [
    "an application's own, at the bounds",
    "pi",
    {
      "platform.ingress": {},
      "apps.front": {
        ...{ kind: "workload", image: "registry.example.org/shop/app:1.2", port: 8080, user: 2_147_483_647 },
        ports: { "a-b-c-d-e-f-g-h": { port: 8080, protocol: "UDP" }, "x-1": { port: 53, protocol: "UDP" } },
        ...{ files: { "/data/a": "x", "/data/b": "y" }, volumes: { "/data": "1Gi" } },
        expose: { by: "ingress", host: "shop.example.org", path: "/..a/.b/c~" },
      },
    },
  ],
  ...["1.2.3", "v1.2.3", "0.0.0-rc.1", "1.2.3-0a.1+build.01", "10.20.30+a-b"].map(
    (version): TakenValues => [
      `a chart's version ${version}`,
      "pi",
      { "apps.front": { kind: "chart", repository: "https://charts.example.org", chart: "grafana", version } },
    ],
  ),
  ...["2024-02-29T23:59:59Z", "2026-01-30T12:00:00.123456+05:30", "latest"].map(
    (at): TakenValues => [
      `the moment ${at}`,
      "pi",
      { "platform.backup": { s3: { bucket: "shop", accessKey: "A" } }, "apps.odoo.restore": { from: "a", at } },
    ],
  ),
  ["an external network by id", "dev", { "site.externalNetwork": "8a8f1b7c-9e0d-4c1b-a2b3-000000000001" }],
  ["a placement by the host's name", "dev", { "apps.edge.placement": { "kubernetes.io/hostname": "space-1-1" } }],
];
