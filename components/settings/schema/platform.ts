import { z } from "zod";
import { dnsProviders } from "../dns-providers.ts";
import { nearest } from "../nearest.ts";
import { backup } from "./backup.ts";
import { hostNameOrAddress, secureAddress } from "./endpoint.ts";
import { dataFolder, exportedPath } from "./path.ts";
import { pemCertificates } from "./pem-certificates.ts";
import { address, cidr, dnsLabel, dnsName, quantity } from "./primitives.ts";

const acmeEmail = z.email("not an e-mail address; write one that you read, such as admin@shop.berlin");

const dnsProvider = z.string().superRefine((text, context) => {
  if (dnsProviders.includes(text)) return;
  const meant = nearest(text, dnsProviders);
  const fix =
    meant === undefined ? "write its code from https://go-acme.github.io/lego/dns" : `did you mean \`${meant}\`?`;
  context.addIssue({ code: "custom", message: `no DNS provider that Traefik knows; ${fix}` });
});

/** Where a DNS server is asked: an IPv4 address, and a port where it isn't 53. */
const resolver = z.string().refine((text) => {
  const [host = "", port, ...others] = text.split(":");
  const isPort = port === undefined || (/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535);
  return others.length === 0 && isPort && address.safeParse(host).success;
}, "not a DNS server's address; write it without a scheme, such as 9.9.9.9 or 9.9.9.9:53");

const dnsChallenge = z
  .strictObject({
    provider: dnsProvider.describe("Code of who serves the domain's DNS, such as cloudflare, route53, rfc2136."),
    resolvers: z
      .array(resolver)
      .min(1)
      .optional()
      .describe(
        "DNS servers that are asked for the domain. Default: the nodes'. Needed where these answer for it otherwise.",
      ),
    propagation: z
      .strictObject({
        delaySeconds: z
          .int()
          .min(1)
          .max(3600)
          .optional()
          .describe("To wait before the record is looked for. Default: 0."),
        asked: z
          .enum(["authoritative", "resolvers", "none"])
          .default("authoritative")
          .describe(
            "Who must know the record before the authority is asked to look. authoritative: the domain's own servers. resolvers: all of `resolvers`, where those aren't reached. none: nobody, where no DNS is.",
          ),
      })
      .optional(),
  })
  .describe(
    "Proves by a record in DNS that the names are yours, so that they may lead into a LAN. Credentials: grappe:dnsCredentials.",
  );

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
    dnsChallenge: dnsChallenge.optional(),
  }),
]);

const nfs = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("server"),
    host: dnsLabel.describe("Name of the host that exports."),
    path: dataFolder.default("/srv/nfs"),
    allowedCidrs: z.array(cidr).default([]).describe("Further clients. The nodes' subnets are always allowed."),
    idmapDomain: z
      .string()
      .refine(
        (text) => dnsName.safeParse(text).success || dnsLabel.safeParse(text).success,
        "not a domain; write a lower-case name, such as shop.lan",
      )
      .default("grappe.internal")
      .describe("The domain by which NFS names users; the same on server and clients."),
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
        .optional()
        .describe(
          "A volume for certificates of an ACME authority. Default: none; a Secret keeps them, so that the ingress starts on another machine when its own is lost.",
        ),
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
  backup: backup
    .optional()
    .describe(
      "Saves every application's database to S3. Its secret key is the encrypted setting grappe:backupSecretKey.",
    ),
});

export type PlatformSettings = z.output<typeof platform>;
