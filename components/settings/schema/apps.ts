import { z } from "zod";
import { address, dnsName, labels, quantity } from "./primitives.ts";

const image = z
  .string()
  .regex(
    /^[^\s@]+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/,
    "not an image reference; write repository:tag or repository@sha256:digest",
  );

/** How an application is reached: a load balancer address of its own, or a name behind the ingress. */
const exposure = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("loadBalancer"), address: address.optional() }),
  z.strictObject({ by: z.literal("ingress"), host: dnsName }),
  z.strictObject({ by: z.literal("nodePort"), port: z.int().min(30000).max(32767) }),
]);

const storage = z.strictObject({
  size: quantity,
  storageClass: z.string().optional().describe("Default: the default class."),
});

const odoo = z.strictObject({
  image: image.default("docker.io/library/odoo:18.0-20260817").describe("A dated tag or a digest."),
  modules: z.array(z.string().regex(/^[a-z0-9_]+$/)).default(["point_of_sale"]),
  database: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/)
    .default("odoo"),
  language: z
    .string()
    .regex(/^[a-z]{2}_[A-Z]{2}$/)
    .default("en_US"),
  adminLogin: z.string().min(1).default("admin"),
  replicas: z.int().min(1).max(8).default(1),
  workers: z.int().min(0).max(16).default(2).describe("HTTP worker processes of each replica; 0 runs threads."),
  filestore: storage.prefault({ size: "10Gi" }),
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
  expose: exposure,
});

/** Of an application that is written in this repository. */
const serviceImage = image
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
  placement: labels
    .default({})
    .describe("Node labels that its pods must find, such as PoP: space_1. A change moves it."),
  expose: exposure.default({ by: "nodePort", port: 30600 }),
});

/** The applications; one that is absent is not deployed. */
export const apps = z.strictObject({
  odoo: odoo.optional(),
  calculator: calculator.optional(),
  edge: edge.optional(),
});

export type AppsSettings = z.output<typeof apps>;
export type OdooSettings = z.output<typeof odoo>;
export type CalculatorSettings = z.output<typeof calculator>;
export type EdgeSettings = z.output<typeof edge>;
export type Exposure = z.output<typeof exposure>;
