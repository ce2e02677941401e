import { z } from "zod";
import type { Rooms } from "../schema/rooms.ts";

/** Whether it is shown by DNS that the ingress' names are ours. */
export function usesDnsChallenge(platform: Rooms["platform"] | undefined): boolean {
  return platform?.certificates.authority === "letsEncrypt" && platform.certificates.dnsChallenge !== undefined;
}

const variables = z.record(z.string(), z.string().min(1));

/** Variables that Traefik or its program loader reads itself. */
const ofTraefik = /^(TRAEFIK_.*|LD_.*|GO[A-Z]*|PATH|HOME|KUBERNETES_.*|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL)_PROXY)$/;

/** What is wrong (pure) with the credentials of the DNS challenge, and what to write; quotes no value. */
export function dnsCredentialsFault(text: string): { readonly reason: string; readonly fix: string } | undefined {
  const fix =
    'Write {"CF_DNS_API_TOKEN": "…"}, with the variables of your provider\'s page (https://go-acme.github.io/lego/dns).';
  const names = Object.keys(read(text) ?? {});
  if (names.length === 0) return { reason: "is not a JSON object of texts, none of them empty.", fix };
  // What isn't a name may be a value in its place.
  if (names.some((name) => !/^[A-Z][A-Z0-9_]{1,127}$/.test(name)))
    return { reason: "has a key that isn't an environment variable's name.", fix };
  const taken = names.filter((name) => ofTraefik.test(name));
  if (taken.length > 0) return { reason: `sets ${taken.join(", ")}, which isn't a DNS provider's.`, fix };
  const files = names.filter((name) => name.endsWith("_FILE"));
  if (files.length > 0)
    return {
      reason: `names a file in ${files.join(", ")}, which isn't there where Traefik runs.`,
      fix: `Give its content as ${files.map((name) => name.replace(/_FILE$/, "")).join(", ")}.`,
    };
  return undefined;
}

function read(text: string): Readonly<Record<string, string>> | undefined {
  try {
    return variables.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
