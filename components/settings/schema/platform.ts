import { z } from "zod";
import { hostNameOrAddress, secureAddress } from "./endpoint.ts";
import { dataFolder, exportedPath } from "./path.ts";
import { address, cidr, dnsLabel, dnsName, quantity } from "./primitives.ts";

const acmeEmail = z.email("not an e-mail address; write one that you read, such as admin@shop.berlin");

const certificates = z.discriminatedUnion("authority", [
  z.strictObject({ authority: z.literal("none") }),
  z.strictObject({ authority: z.literal("pebble") }).describe("A test authority in the cluster; for development."),
  z.strictObject({
    authority: z.literal("letsEncrypt"),
    environment: z.enum(["staging", "production"]),
    email: acmeEmail,
    caServer: secureAddress
      .optional()
      .describe("Another ACME directory, such as a company's. Default: Let's Encrypt's."),
  }),
]);

const nfs = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("server"),
    host: dnsLabel.describe("Name of the host that exports."),
    path: dataFolder.default("/srv/nfs"),
    allowedCidrs: z.array(cidr).default([]).describe("Further clients. The nodes' subnets are always allowed."),
    idmapDomain: z.union([dnsName, dnsLabel]).default("grappe.internal"),
  }),
  z.strictObject({ kind: z.literal("existing"), server: hostNameOrAddress, path: exportedPath }),
]);

/** Stands before a colon in a line of htpasswd. */
const basicAuthUser = z
  .string()
  .regex(/^[A-Za-z0-9._@-]{1,64}$/, "not a user's name; write letters, digits, dots, hyphens and underscores");

/** What every application stands on: load balancer, ingress, certificates, storage. */
export const platform = z.strictObject({
  loadBalancer: z.enum(["metallb", "none"]).default("metallb").describe("metallb: layer 2, the site's pool."),
  ingress: z
    .strictObject({
      kind: z.literal("traefik").default("traefik"),
      address: address.optional().describe("From the site's load balancer pool. Default: its first address."),
      dashboard: z.strictObject({ host: dnsName, user: basicAuthUser.default("admin") }).optional(),
      persistence: z
        .strictObject({ size: quantity.default("128Mi"), storageClass: z.string().optional() })
        .prefault({}),
    })
    .optional()
    .describe("Absent: no ingress."),
  certificates: certificates.prefault({ authority: "none" }),
  storage: z
    .strictObject({
      local: z
        .strictObject({ path: dataFolder.default("/var/lib/grappe/volumes") })
        .optional()
        .describe("Class `local-path`: a directory of the node, by Rancher's local-path-provisioner."),
      nfs: nfs.optional().describe("Class `nfs-client`, by csi-driver-nfs."),
      defaultClass: z.enum(["local-path", "nfs-client"]).optional(),
      onDelete: z
        .enum(["delete", "retain", "archive"])
        .default("retain")
        .describe("What becomes of a released NFS volume."),
    })
    .prefault({}),
});

export type PlatformSettings = z.output<typeof platform>;
