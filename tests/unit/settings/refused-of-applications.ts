import type { RefusedValues } from "./reader-case.ts";

const front = (changes: Readonly<Record<string, unknown>>) => ({
  "platform.ingress": {},
  "apps.front": { kind: "workload", image: "registry.example.org/shop/app:1.2", port: 8080, ...changes },
});
const chart = (changes: Readonly<Record<string, unknown>>) => ({
  "apps.front": {
    ...{ kind: "chart", repository: "https://charts.example.org", chart: "grafana", version: "9.4.4" },
    ...changes,
  },
});

/** Settings of applications that what reads them refuses. */
export const refusedOfApplications: readonly RefusedValues[] = [
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
    "a name behind the ingress: an Ingress's host",
    "dev",
    (host) => ({ "apps.odoo.expose.host": host }),
    ["192.168.1.5", "1.2", "Shop.example.org", "shop.example.org.", "a_b.example.org"],
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
  ["an id of a user: Kubernetes", "pi", (user) => front({ user }), [-1, 1.5, 2_147_483_648, 4_294_967_294, "app"]],
  [
    "a port's name: Kubernetes",
    "pi",
    (name) => front({ ports: { [String(name)]: { port: 9090 } } }),
    ["a--b", "-a", "a-", "1a", "A", "a_b", "http", "a".repeat(16), ""],
  ],
  [
    "a path of a name: an Ingress",
    "pi",
    (path) => front({ expose: { by: "ingress", host: "shop.example.org", path } }),
    ["a", "/a/", "/a//b", "/a/../b", "/./a", "/a/..", "/a?b", "/a b", "/a%2fb"],
  ],
  ["a variable: a process", "pi", (value) => front({ environment: { A: value } }), ["a\0b", null, ["a"]]],
  ["a parameter: a process", "pi", (value) => front({ args: [value] }), ["a\0b", 1]],
  ["a command: a process", "pi", (value) => front({ command: [value] }), ["", "a\0b"]],
  [
    "a chart's version: Helm",
    "pi",
    (version) => chart({ version }),
    ["1.2", "^1.2.3", "01.2.3", "1.2.3-a..b", "1.2.3-01", "1.2.3-", "latest", "1.2.x", "1.2.3 "],
  ],
  [
    "a chart's repository: Helm",
    "pi",
    (repository) => chart({ repository }),
    ["oci://registry.example.org/charts", "charts.example.org", "https://u:p@charts.example.org"],
  ],
  [
    "a saved database: its folder",
    "pi",
    (from) => ({ "platform.backup": { s3: { bucket: "a-b", accessKey: "A" } }, "apps.odoo.restore": { from } }),
    ["", "a/b", "Shop", "-a", "a".repeat(64)],
  ],
  [
    "a moment: PostgreSQL",
    "pi",
    (at) => ({ "platform.backup": { s3: { bucket: "a-b", accessKey: "A" } }, "apps.odoo.restore": { from: "a", at } }),
    [
      ...["2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-01-30T24:00:00Z", "2026-01-30T12:00:60Z"],
      ...[
        "2026-01-30",
        "2026-01-30T12:00:00",
        "2026-13-01T00:00:00Z",
        "2026-01-30T12:00:00+99:00",
        "now",
        "2999-01-01T00:00:00Z",
      ],
    ],
  ],
];
