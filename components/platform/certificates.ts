import type { PlatformSettings } from "../settings/schema/platform.ts";

/** An ACME authority, as Traefik is told of it. */
export interface AcmeAuthority {
  /** Address of its directory. */
  readonly directory: string;
  readonly email?: string;
  /** Whether its own TLS certificate is signed by a root that only a ConfigMap of ours holds. */
  readonly privateRoot: boolean;
}

/** Name of Traefik's certificate resolver. */
export const certificateResolver = "acme";

/** Let's Encrypt's directories, by environment (letsencrypt.org/docs/acme-protocol-updates, /docs/staging-environment). */
const letsEncryptDirectories = {
  production: "https://acme-v02.api.letsencrypt.org/directory",
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
} as const;

/** The namespace, release and Service of Pebble, all of one name. */
export const pebbleName = "pebble";

/** The ACME authority that the settings choose; `undefined` without certificates. */
export function acmeAuthority(certificates: PlatformSettings["certificates"]): AcmeAuthority | undefined {
  switch (certificates.authority) {
    case "none":
      return undefined;
    case "pebble":
      return { directory: `https://${pebbleName}.${pebbleName}.svc.cluster.local/dir`, privateRoot: true };
    case "letsEncrypt":
      return {
        directory: certificates.caServer ?? letsEncryptDirectories[certificates.environment],
        email: certificates.email,
        privateRoot: false,
      };
  }
}
