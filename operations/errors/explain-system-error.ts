import { errorChain, textOf } from "./error-chain.ts";

/** What this computer refuses, by its error code; a missing file isn't among it: whoever asks for one that a user named says so. */
const refusals: Readonly<Record<string, (what: string) => string>> = {
  EACCES: (what) => `${what}: this user has no right to it. Fix: give it the right, or run as the user who has it.`,
  EPERM: (what) => `${what}: this user has no right to it. Fix: give it the right, or run as the user who has it.`,
  EROFS: (what) => `${what}: its file system is read-only. Fix: mount it for writing, or name another place.`,
  ENOSPC: (what) => `${what}: the disk is full. Fix: make room there (\`df -h\`, \`df -i\`), then run it again.`,
  EDQUOT: (what) => `${what}: this user's disk quota is used up. Fix: make room, then run it again.`,
  EMFILE: (what) =>
    `${what}: too many files are open at once. Fix: raise the limit (\`ulimit -n 4096\`), then run it again.`,
  ENFILE: (what) => `${what}: this computer has too many files open. Fix: end other programs, then run it again.`,
  EADDRINUSE: (what) => `${what}: another program uses this address. Fix: end that one, then run it again.`,
  ENOMEM: (what) => `${what}: this computer is out of memory. Fix: end other programs, then run it again.`,
};

/** Why a host isn't reached, by Node's error code. */
const unreached: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name isn't known",
  EAI_AGAIN: "no name server answers",
  ECONNREFUSED: "it refuses the connection",
  ECONNRESET: "the connection was cut off",
  EPIPE: "the connection was cut off",
  ETIMEDOUT: "it doesn't answer",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
  UND_ERR_CONNECT_TIMEOUT: "it doesn't answer",
  UND_ERR_HEADERS_TIMEOUT: "it doesn't answer",
  UND_ERR_BODY_TIMEOUT: "it stopped answering",
  UND_ERR_SOCKET: "the connection was cut off",
};

/** Why a host's certificate is refused, by Node's error code. */
const untrusted: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: "is of an authority that this computer doesn't know",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is of an authority that this computer doesn't know",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "is of an authority that this computer doesn't know",
  UNABLE_TO_GET_ISSUER_CERT: "is of an authority that this computer doesn't know",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "is of an authority that this computer doesn't know",
  CERT_HAS_EXPIRED: "has expired, or this computer's clock is wrong",
  CERT_NOT_YET_VALID: "isn't valid yet, or this computer's clock is wrong",
  ERR_TLS_CERT_ALTNAME_INVALID: "is another host's",
};

function hostOf(error: Error): string {
  const address = textOf(error, "address");
  const port: unknown = Reflect.get(error, "port");
  const host = textOf(error, "hostname") ?? textOf(error, "host") ?? address;
  if (host === undefined) return "A host on the network";
  return typeof port === "number" ? `${host}:${port}` : host;
}

/**
 * What this computer or the network refused, in one sentence with a fix; `undefined` for any other error (pure). Where a way
 * to the internet is missing, docs/network-access.md says which hosts are asked.
 */
export function explainSystemError(error: unknown): string | undefined {
  for (const one of errorChain(error)) {
    const code = textOf(one, "code") ?? "";
    const refusal = refusals[code];
    const what = textOf(one, "path") ?? textOf(one, "syscall") ?? "this computer";
    if (refusal !== undefined) return refusal(what);
    const reason = unreached[code];
    if (reason !== undefined) {
      return `${hostOf(one)} isn't reached: ${reason} (${code}). Fix: see that this computer has a way to it; docs/network-access.md lists what is asked.`;
    }
    const doubt = untrusted[code];
    if (doubt !== undefined) {
      return `${hostOf(one)}: its certificate ${doubt} (${code}). Fix: where a proxy of yours stands between, name its authority's file in NODE_EXTRA_CA_CERTS.`;
    }
  }
  return undefined;
}

/** Why a host didn't answer, in a few words; `undefined` for any other error (pure). */
export function whyUnreached(error: unknown): string | undefined {
  for (const one of errorChain(error)) {
    const code = textOf(one, "code") ?? "";
    const doubt = untrusted[code];
    const reason = unreached[code] ?? (doubt === undefined ? undefined : `its certificate ${doubt}`);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
