import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { hostNameOrAddress, secureAddress } from "./endpoint.ts";
import { dataFolder, exportedPath } from "./path.ts";
import { address, cidr, dnsLabel, dnsName, quantity } from "./primitives.ts";

const acmeEmail = z.email("not an e-mail address; write one that you read, such as admin@shop.berlin");

/** Certificates as a file of PEM holds them, each one readable. */
const pemCertificates = z.string().refine((text) => {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  const rest = blocks.reduce((left, block) => left.replace(block, ""), text);
  return blocks.length > 0 && rest.trim() === "" && blocks.every(isCertificate);
}, "no certificate in PEM; write its lines, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, and nothing else");

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

const certificates = z.discriminatedUnion("authority", [
  z.strictObject({ authority: z.literal("none") }),
  z.strictObject({ authority: z.literal("pebble") }).describe("A test authority in the cluster; for development."),
  z
    .strictObject({ authority: z.literal("own") })
    .describe("An authority of the shop's own, in the cluster. Tills are made to trust its root, which is an output."),
  z.strictObject({
    authority: z.literal("letsEncrypt"),
    environment: z.enum(["staging", "production"]),
    email: acmeEmail,
    caServer: secureAddress
      .optional()
      .describe("Another ACME directory, such as a company's. Default: Let's Encrypt's."),
    caRoot: pemCertificates
      .optional()
      .describe("The root (PEM) by which `caServer` itself is trusted, where no public one signed it."),
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

const trustedIPs = z.strictObject({ trustedIPs: z.array(cidr).default([]) }).prefault({});

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
      externalTrafficPolicy: z
        .enum(["Local", "Cluster"])
        .default("Local")
        .describe(
          "Local: applications see the client's own address, and only the node that runs Traefik takes connections, so that they wait for it to start elsewhere. Cluster: every node takes them and passes them on, and applications see that node's address. Counts with a load balancer.",
        ),
      forwardedHeaders: trustedIPs.describe(
        "Who ends TLS, or passes requests on, before Traefik: from these its X-Forwarded headers are believed, from others they are thrown away.",
      ),
      proxyProtocol: trustedIPs.describe(
        "Load balancers before Traefik that speak the PROXY protocol: from these the client's address in it is believed.",
      ),
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
