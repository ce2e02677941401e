import { z } from "zod";
import { cnis } from "../../cluster/cni/manifests.ts";
import { defaultOdooImage } from "../odoo-series.ts";
import { restore } from "./backup.ts";
import { chart } from "./chart.ts";
import { exposure } from "./exposure.ts";
import { imageReference } from "./image-reference.ts";
import { nodeSelector } from "./node.ts";
import { administratorLogin, cashierLogin, databaseName, odooCountry, odooLanguage, tillName } from "./odoo.ts";
import { cidr, quantity } from "./primitives.ts";
import { workload } from "./workload.ts";

const storage = z.strictObject({
  size: quantity,
  storageClass: z.string().optional().describe("Default: the default class."),
});

const moduleName = z
  .string()
  .regex(/^[a-z0-9_]+$/, "not a module's name; write its technical name, such as point_of_sale");

const passwordRevision = z.int().min(1).default(1);

/** A till that sells as soon as the shop stands. */
const pointOfSale = z.strictObject({
  name: tillName.describe("Of the till, such as Till 1."),
  cashiers: z
    .array(cashierLogin)
    .default([])
    .describe("Logins. Each has a password of its own: `./grappe output odoo`. One that is taken out is archived."),
  passwordRevision: passwordRevision.describe(
    "Another number, such as 2, and the next `up` makes new passwords for the cashiers, who log in again.",
  ),
  products: z
    .string()
    .min(1)
    .optional()
    .describe(
      "CSV file with the columns name, price, category, barcode, tax; its path begins at the folder that holds Pulumi.yaml.",
    ),
});

const odoo = z.strictObject({
  image: imageReference.default(defaultOdooImage).describe("Its tag begins with 19.0 or 18.0."),
  modules: z.array(moduleName).default(["point_of_sale"]),
  database: databaseName.default("odoo"),
  language: odooLanguage.default("en_US").describe("A language that Odoo has, such as de_DE or es_419."),
  country: odooCountry
    .optional()
    .describe(
      "Of the company, such as DE: its accounts, taxes and currency. Default: Odoo's, which are the United States'.",
    ),
  pointOfSale: pointOfSale.optional().describe("A till with cashiers and first products. Default: none is made."),
  adminLogin: administratorLogin.default("admin"),
  passwordRevision: passwordRevision.describe(
    "Another number, such as 2, and the next `up` makes new passwords for the administrator and the database.",
  ),
  replicas: z
    .int()
    .min(1)
    .max(8)
    .optional()
    .describe(
      "1 to 8, each on a node of its own. Default: 2 where as many nodes take them and there is no filestore, else 1.",
    ),
  workers: z.int().min(0).max(16).default(2).describe("HTTP worker processes of each replica; 0 runs threads."),
  filestore: storage
    .extend({
      size: quantity.default("10Gi"),
      moveToDatabase: z
        .boolean()
        .default(false)
        .describe("Move its attachments into the database; after that `up`, take `filestore` out."),
    })
    .optional()
    .describe("Attachments and sessions in files, for large archives. Default: both are in the database."),
  filestoreAccessMode: z.enum(["ReadWriteOnce", "ReadWriteMany"]).default("ReadWriteMany"),
  postgres: z
    .strictObject({
      instances: z
        .union([z.literal(1), z.literal(3), z.literal(5)])
        .default(1)
        .describe("3: CloudNativePG, synchronous."),
      ...storage.shape,
      size: quantity.default("10Gi"),
    })
    .prefault({}),
  rpcAllowedCidrs: z
    .array(cidr)
    .default([])
    .describe(
      "Networks from which other programs reach Odoo's XML-RPC, JSON-RPC and /json, such as 192.168.1.0/24. Default: none.",
    ),
  backup: z.boolean().default(true).describe("With grappe:platform.backup: whether its database is worth saving."),
  restore: restore.optional(),
  expose: exposure,
});

/** Of an application that is written in this repository. */
const serviceImage = imageReference
  .optional()
  .describe(
    "Default: the bundle's image of it, or Node.js' own with the program mounted. One's own has the program in /app.",
  );

const calculator = z.strictObject({
  image: serviceImage,
  replicas: z.int().min(1).max(20).default(2),
  expose: exposure.default({ by: "nodePort", port: 30500 }),
});

const edge = z.strictObject({
  image: serviceImage,
  replicas: z.int().min(1).max(50).default(3),
  placement: nodeSelector
    .default({})
    .describe("Node labels that its pods must find, such as PoP: space_1. A change moves it."),
  expose: exposure.default({ by: "nodePort", port: 30600 }),
});

/** An application that is declared, by its kind. */
const declared = z.discriminatedUnion("kind", [workload, chart]);

/** Namespaces, and so names, of others. */
const takenNames = [
  ...["default", "traefik", "pebble", "metallb-system", "cnpg-system", "csi-driver-nfs", "local-path-storage"],
  ...Object.values(cnis).flatMap(({ chart: network }) =>
    network === undefined ? [] : [network.namespace, ...network.furtherNamespaces],
  ),
];

/** Why an application can't have this name; it is its namespace's and its Service's, too. */
function nameFault(name: string): string | undefined {
  if (!/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/.test(name))
    return "not an application's name; write up to 40 lower-case letters, digits and inner hyphens, the first one a letter";
  if (takenNames.includes(name) || name.startsWith("kube-"))
    return "the namespace of a part of the cluster; choose another name";
  return undefined;
}

/** The applications; one that is absent is not deployed. Under a name of one's own stands one that is declared. */
export const apps = z
  .object({ odoo: odoo.optional(), calculator: calculator.optional(), edge: edge.optional() })
  .catchall(declared)
  .superRefine((all, context) => {
    for (const name of Object.keys(all)) {
      const message = nameFault(name);
      if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
    }
  })
  .transform(({ odoo, calculator, edge, ...declared }): Applications => ({ odoo, calculator, edge, declared }));

interface Applications {
  readonly odoo?: z.output<typeof odoo>;
  readonly calculator?: z.output<typeof calculator>;
  readonly edge?: z.output<typeof edge>;
  /** Name to application of those that the settings declare. */
  readonly declared: Readonly<Record<string, z.output<typeof declared>>>;
}

export type AppsSettings = z.output<typeof apps>;
export type OdooSettings = z.output<typeof odoo>;
export type CalculatorSettings = z.output<typeof calculator>;
export type EdgeSettings = z.output<typeof edge>;
export type DeclaredSettings = z.output<typeof declared>;
