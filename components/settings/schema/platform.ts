import { z } from "zod";
import { address, cidr, dnsLabel, dnsName, quantity } from "./primitives.ts";

const certificates = z.discriminatedUnion("authority", [
  z.strictObject({ authority: z.literal("none") }),
  z.strictObject({ authority: z.literal("pebble") }).describe("A test authority in the cluster; for development."),
  z.strictObject({
    authority: z.literal("letsEncrypt"),
    environment: z.enum(["staging", "production"]),
    email: z.email(),
    caServer: z.url().optional().describe("Another ACME directory, such as a company's. Default: Let's Encrypt's."),
  }),
]);

const nfs = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("server"),
    host: dnsLabel.describe("Name of the host that exports."),
    path: z.string().startsWith("/").default("/srv/nfs"),
    allowedCidrs: z.array(cidr).default([]).describe("Further clients. The nodes' subnets are always allowed."),
    idmapDomain: dnsName.default("grappe.internal"),
  }),
  z.strictObject({ kind: z.literal("existing"), server: z.string().min(1), path: z.string().startsWith("/") }),
]);

/** What every application stands on: load balancer, ingress, certificates, storage. */
export const platform = z.strictObject({
  loadBalancer: z.enum(["metallb", "none"]).default("metallb").describe("metallb: layer 2, the site's pool."),
  ingress: z
    .strictObject({
      kind: z.literal("traefik").default("traefik"),
      address: address.optional().describe("From the site's load balancer pool. Default: its first address."),
      dashboard: z.strictObject({ host: dnsName, user: z.string().default("admin") }).optional(),
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
        .strictObject({ path: z.string().startsWith("/").default("/var/lib/grappe/volumes") })
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
