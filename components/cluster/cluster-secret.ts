import assert from "node:assert/strict";
import { createHmac, hkdfSync } from "node:crypto";

/** Characters of a bootstrap token, as Kubernetes wants them. */
const tokenAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

/**
 * Derives (pure) bytes for one purpose from the cluster's one secret, by HKDF: nothing follows from one purpose's bytes for
 * another's, and nothing but the one secret needs to be kept.
 *
 * @param secret 32 bytes, hexadecimal
 */
export function deriveBytes(secret: string, purpose: string, length: number): Buffer {
  assert(/^[0-9a-f]{64}$/.test(secret), "the cluster's secret must be 32 bytes in hexadecimal");
  return Buffer.from(hkdfSync("sha256", Buffer.from(secret, "hex"), "grappe", purpose, length));
}

/** k3s: what servers join with. It also decrypts the certificates in a snapshot: a restore on new machines needs it. */
export function serverToken(secret: string): string {
  return deriveBytes(secret, "k3s-server-token", 32).toString("hex");
}

/** k3s: what agents join with; it doesn't make servers. */
export function agentToken(secret: string): string {
  return deriveBytes(secret, "k3s-agent-token", 32).toString("hex");
}

/** kubeadm: encrypts the control plane's certificates on their way to a joining server. */
export function certificateKey(secret: string): string {
  return deriveBytes(secret, "kubeadm-certificate-key", 32).toString("hex");
}

/** kubeadm: encrypts Secrets at rest. Base64, as Kubernetes wants it. */
export function encryptionKey(secret: string): string {
  return deriveBytes(secret, "encryption-at-rest", 32).toString("base64");
}

/**
 * Tells whether a secret from the settings has changed (pure), without telling anything of it: it is keyed, so that no guess can be
 * tried.
 */
export function secretFingerprint(secret: string, given: string): string {
  return createHmac("sha256", deriveBytes(secret, "fingerprints", 32))
    .update(given)
    .digest("hex")
    .slice(0, 32);
}

/** A bootstrap token in its two parts. */
export interface BootstrapToken {
  readonly id: string;
  readonly secret: string;
}

/** kubeadm: what one machine joins with, once; `purpose` names the node and the machine. */
export function bootstrapToken(secret: string, purpose: string): BootstrapToken {
  const text = [...deriveBytes(secret, `bootstrap-token ${purpose}`, 88)]
    .filter((byte) => byte < 252)
    .map((byte) => tokenAlphabet[byte % 36])
    .join("");
  return { id: text.slice(0, 6), secret: text.slice(6, 22) };
}
