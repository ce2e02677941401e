import { z } from "zod";
import { defaultOdooImage } from "../../settings/odoo-series.ts";
import { restore } from "../../settings/schema/backup.ts";
import { exposure } from "../../settings/schema/exposure.ts";
import { imageReference } from "../../settings/schema/image-reference.ts";
import {
  administratorLogin,
  cashierLogin,
  databaseName,
  odooCountry,
  odooLanguage,
  tillName,
} from "../../settings/schema/odoo.ts";
import { cidr, quantity } from "../../settings/schema/primitives.ts";
import type { AppManifest } from "../manifest.ts";

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

const schema = z.strictObject({
  kind: z.literal("odoo").default("odoo"),
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

export type OdooSettings = z.output<typeof schema>;

/** Outputs of a stack that are others'. */
const otherOutputs = ["urls", "backups", "passwords", "dashboard", "kubeconfig"];

/** Odoo with PostgreSQL: a shop with its till. */
export const odoo = {
  schema,
  isNamedByKind: true,
  volumes: (name, { filestore, postgres }) => [
    ...(filestore === undefined
      ? []
      : [{ what: `${titled(name)}'s files`, path: ["filestore"], storageClass: filestore.storageClass }]),
    { what: `${titled(name)}'s PostgreSQL`, path: ["postgres"], storageClass: postgres.storageClass },
  ],
  database: ({ postgres, backup }) => ({
    instances: postgres.instances,
    path: ["postgres"],
    storageClass: postgres.storageClass,
    isWorthSaving: backup,
  }),
  // Traefik is its guard where a load balancer or a node port leads to it.
  parts: (_, isByOperator) => ["odoo", ...(isByOperator ? [] : (["postgres"] as const)), "traefik"],
  takenNames: otherOutputs,
} satisfies AppManifest<OdooSettings>;

const titled = (name: string) => (name === "odoo" ? "Odoo" : name);
