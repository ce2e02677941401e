import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { odoo as manifest } from "../../../components/apps/odoo/manifest.ts";
import { odooValues } from "../../../components/apps/odoo/odoo-values.ts";
import { odooCountries, odooLanguages } from "../../../components/settings/schema/odoo.ts";
import { ingress } from "./installed-odoo.ts";
import { odooChart } from "./rendered-chart.ts";

const tree = z.record(z.string(), z.unknown());
type Tree = z.output<typeof tree>;

const schema = tree.parse(JSON.parse(await readFile(join(odooChart, "values.schema.json"), "utf8")));
const defaults = tree.parse(parse(await readFile(join(odooChart, "values.yaml"), "utf8")));
const accepts = new Ajv({ strict: false, allErrors: true }).compile(schema);

/** Values over the chart's defaults, as Helm merges them before it checks them. */
function merged(below: Tree, above: Tree): Tree {
  const entries = Object.entries(above).map(([key, value]) => {
    const inner = [tree.safeParse(below[key]), tree.safeParse(value)] as const;
    return [key, inner[0].success && inner[1].success ? merged(inner[0].data, inner[1].data) : value];
  });
  return { ...below, ...Object.fromEntries(entries) };
}

/** What the chart's schema says against values. */
function refused(values: object): unknown {
  return accepts(merged(defaults, tree.parse(JSON.parse(JSON.stringify(values))))) ? [] : accepts.errors;
}

const dnsName = fc.stringMatching(/^([a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?\.){1,3}[a-z][-a-z0-9]{0,8}[a-z0-9]$/);
const digest = fc.stringMatching(/^@sha256:[0-9a-f]{64}$/);
const tag = fc.stringMatching(/^:(18|19)\.0(-[\w.-]{0,20})?$/);
const image = fc
  .tuple(
    fc.option(
      fc.stringMatching(/^([a-zA-Z0-9]([a-zA-Z0-9-]{0,8}[a-zA-Z0-9])?\.){0,2}[a-zA-Z0-9]{1,8}(:[0-9]{2,5})?\/$/),
      {
        nil: "",
      },
    ),
    fc.stringMatching(/^[a-z0-9]+((\.|_|__|-)[a-z0-9]+){0,2}(\/[a-z0-9]+){0,2}$/),
    fc.oneof(tag, fc.tuple(tag, digest), digest),
  )
  .map((parts) => parts.flat().join(""));
const quantity = fc.stringMatching(/^[1-9][0-9]{0,5}(Mi|Gi|Ti)$/);
const login = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/);
const expose = fc.oneof(
  fc.record(
    {
      by: fc.constant("loadBalancer"),
      address: fc.ipV4(),
      externalTrafficPolicy: fc.constantFrom("Local", "Cluster"),
    },
    { requiredKeys: ["by"] },
  ),
  fc.record({ by: fc.constant("ingress"), host: dnsName }),
  fc.record({ by: fc.constant("nodePort"), port: fc.integer({ min: 30000, max: 32767 }) }),
);
/** Everything that an Odoo's settings may say, far and near the edges. */
const odoo = fc.record(
  {
    image,
    modules: fc.array(fc.stringMatching(/^[a-z0-9_]+$/)),
    database: fc.stringMatching(/^[a-z][a-z0-9_]{0,62}$/),
    language: fc.constantFrom(...odooLanguages),
    country: fc.constantFrom(...odooCountries),
    pointOfSale: fc.record({ name: fc.string(), cashiers: fc.uniqueArray(login) }),
    adminLogin: fc.stringMatching(/^[!-~]{1,256}$/),
    replicas: fc.integer({ min: 1, max: 8 }),
    workers: fc.integer({ min: 0, max: 16 }),
    filestore: fc.record({ size: quantity, storageClass: dnsName, moveToDatabase: fc.boolean() }, { requiredKeys: [] }),
    postgres: fc.record(
      { instances: fc.constantFrom(1, 3, 5), size: quantity, storageClass: dnsName },
      { requiredKeys: [] },
    ),
    expose,
  },
  { requiredKeys: ["expose"] },
);
const product = fc.record(
  {
    name: fc.string({ minLength: 1 }),
    price: fc.stringMatching(/^[0-9]{1,6}(\.[0-9]{1,2})?$/),
    category: fc.string({ minLength: 1 }),
    barcode: fc.string({ minLength: 1 }),
    tax: fc.stringMatching(/^[0-9]{1,2}(\.[0-9]{1,2})?$/),
  },
  { requiredKeys: ["name", "price"] },
);

describe("the chart takes whatever the settings take", () => {
  const nodes = ["192.168.1.10", "192.168.1.11"];

  test.each(odooLanguages)("the language %s", (language) => {
    const settings = manifest.schema.parse({ language, expose: { by: "loadBalancer" } });
    expect(refused(odooValues(settings, { nodes, schedulableNodes: 2 }))).toEqual([]);
  });

  test("settings of any kind", () => {
    let taken = 0;
    fc.assert(
      fc.property(
        odoo,
        fc.array(product, { maxLength: 5 }),
        fc.integer({ min: 1, max: 3 }),
        (wanted, products, schedulableNodes) => {
          const settings = manifest.schema.safeParse(wanted).data;
          fc.pre(settings !== undefined);
          taken += 1;
          expect(refused(odooValues(settings, { nodes, schedulableNodes, ingress }, products))).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
