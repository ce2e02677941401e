import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import ssh2 from "ssh2";

/** Why a private key can't be used, without a word of the key itself; undefined if it can. */
export function privateKeyFault(privateKey: string): string | undefined {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) {
    return /encrypted|passphrase/i.test(key.message)
      ? "is protected by a passphrase, which nobody is there to type."
      : "is not a private key in OpenSSH's or PEM's form.";
  }
  if (!key.isPrivateKey()) return "is a public key; the private half is needed.";
  if (!/^(ssh-ed25519|ecdsa-sha2-|ssh-rsa)/.test(key.type)) return `has the outdated type ${key.type}.`;
  return undefined;
}

/**
 * The public half of a private key, in OpenSSH's one-line form.
 *
 * @throws if `privateKeyFault` finds one
 */
export function publicKeyOf(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey);
  assert(!(key instanceof Error) && key.isPrivateKey(), "not a private key");
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}

/** Whether a text is an ed25519 public key in OpenSSH's one-line form, a comment allowed. */
export function isEd25519PublicKey(text: string): boolean {
  const [type, blob = ""] = text.trim().split(/\s+/);
  const bytes = Buffer.from(blob, "base64");
  const header = Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20");
  return (
    type === "ssh-ed25519" && bytes.length === header.length + 32 && bytes.subarray(0, header.length).equals(header)
  );
}

/** The fingerprint of a host key, as `ssh-keygen -l` shows it: which machine it is. */
export function hostKeyFingerprint(hostKey: string): string {
  const blob = hostKey.trim().split(/\s+/)[1];
  assert(blob !== undefined, `not an SSH host key: ${hostKey}`);
  return `SHA256:${createHash("sha256").update(Buffer.from(blob, "base64")).digest("base64").replace(/=+$/, "")}`;
}
