import type { RefusedValues } from "./reader-case.ts";

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
];
