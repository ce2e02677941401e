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

/**
 * The types of host keys that can be pinned, the preferred first. The provider offers the pinned key's own name as the algorithm
 * (pulumi-command 1.2.1), and with an RSA key that is `ssh-rsa`, SHA-1, which OpenSSH servers refuse since 8.8.
 */
export const hostKeyTypes = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
] as const;

/** The type that a public key bears (pure): it stands in the key itself, too, with its length in four bytes before it. */
export function typeOfKeyBlob(blob: Buffer): string {
  return blob.length < 4 ? "no key" : blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1");
}

/** Whether a text is a public key in OpenSSH's one-line form, a comment allowed, by which a machine can be known. */
export function isHostKey(text: string): boolean {
  const [type = "", blob = ""] = text.trim().split(/\s+/);
  const key = ssh2.utils.parseKey(`${type} ${blob}`);
  if (key instanceof Error || key.isPrivateKey()) return false;
  // What it was read as is what it was written as: ssh2 takes more than OpenSSH does.
  const same = key.getPublicSSH().equals(Buffer.from(blob, "base64")) && key.type === type;
  return same && hostKeyTypes.some((known) => known === type);
}

/** The fingerprint of a host key, as `ssh-keygen -l` shows it: which machine it is. */
export function hostKeyFingerprint(hostKey: string): string {
  const blob = hostKey.trim().split(/\s+/)[1];
  assert(blob !== undefined, `not an SSH host key: ${hostKey}`);
  return `SHA256:${createHash("sha256").update(Buffer.from(blob, "base64")).digest("base64").replace(/=+$/, "")}`;
}
