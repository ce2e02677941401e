import { createHash } from "node:crypto";
import type { PlatformSettings } from "../settings/schema/platform.ts";

/** An ACME authority, as Traefik is told of it. */
export interface AcmeAuthority {
  /** Address of its directory. */
  readonly directory: string;
  readonly email?: string;
  /** Name of the file with the root that signed its own TLS certificate, where that is no public one. */
  readonly rootFile?: string;
  /** How it is shown that the names are ours. Default: by TLS at port 443, where the authority must reach them. */
  readonly dnsChallenge?: DnsChallenge;
}

type LetsEncrypt = Extract<PlatformSettings["certificates"], { authority: "letsEncrypt" }>;
type DnsChallenge = NonNullable<LetsEncrypt["dnsChallenge"]>;

/** Name of Traefik's certificate resolver. */
export const certificateResolver = "acme";

/** Let's Encrypt's directories, by environment (letsencrypt.org/docs/acme-protocol-updates, /docs/staging-environment). */
const letsEncryptDirectories = {
  production: "https://acme-v02.api.letsencrypt.org/directory",
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
} as const;

/** Traefik reads it when it starts: another root has another name, so that it starts anew. */
function rootFileOf(pem: string): string {
  return `root-${createHash("sha256").update(pem).digest("hex").slice(0, 8)}.pem`;
}

/** The namespace, release and Service of Pebble, all of one name. */
export const pebbleName = "pebble";

/** Secrets, in the ingress' namespace, of the shop's own authority: itself, and the certificate that it issued. */
export const ownAuthoritySecrets = { authority: "own-authority", certificate: "own-certificate" } as const;

/** The ACME authority that the settings choose; `undefined` without one. */
export function acmeAuthority(certificates: PlatformSettings["certificates"]): AcmeAuthority | undefined {
  switch (certificates.authority) {
    case "none":
    case "own":
      return undefined;
    case "pebble":
      return { directory: `https://${pebbleName}.${pebbleName}.svc.cluster.local/dir`, rootFile: "root-cert.pem" };
    case "letsEncrypt":
      return {
        directory: certificates.caServer ?? letsEncryptDirectories[certificates.environment],
        email: certificates.email,
        ...(certificates.caRoot === undefined ? {} : { rootFile: rootFileOf(certificates.caRoot) }),
        ...(certificates.dnsChallenge === undefined ? {} : { dnsChallenge: certificates.dnsChallenge }),
      };
  }
}

/** Where Traefik's pods keep their files. */
export const traefikData = "/data";

/**
 * Where account and certificates of an authority are: the ingress' own file, and the Secret that keeps it. Each authority has its own, as
 * Traefik serves what it has until its last month, whoever gave it. A volume outlives a release that no longer wants it (its chart keeps
 * the claim).
 */
export function acmeStore({ directory }: Pick<AcmeAuthority, "directory">) {
  const authority = createHash("sha256").update(directory).digest("hex").slice(0, 8);
  return { file: `${traefikData}/acme-${authority}.json`, secret: `acme-store-${authority}` };
}
