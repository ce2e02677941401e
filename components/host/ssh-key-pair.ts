import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, randomBytes } from "node:crypto";

/** An ed25519 key pair for SSH, of a host or of a user. */
export interface SshKeyPair {
  /** As in `known_hosts`: `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
  /** OpenSSH's own format (`openssh-key-v1`), without a passphrase. */
  readonly privateKey: string;
}

const keyType = "ssh-ed25519";
/** DER of a PKCS #8 ed25519 private key, up to its 32 bytes of seed (RFC 8410, section 7). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * The key pair that a seed stands for; always the same one.
 *
 * @param seed 32 random bytes in base64
 * @throws if the seed has another length
 */
export function sshKeyPairFromSeed(seed: string): SshKeyPair {
  const seedBytes = Buffer.from(seed, "base64");
  assert(seedBytes.length === 32, `an SSH key's seed has 32 bytes, not ${seedBytes.length}`);
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seedBytes]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const publicBytes = spki.subarray(-32);
  const publicBlob = Buffer.concat([sshString(keyType), sshString(publicBytes)]);
  return {
    publicKey: `${keyType} ${publicBlob.toString("base64")}`,
    privateKey: opensshPrivateKey(seedBytes, publicBytes, publicBlob),
  };
}

/** A new key pair. */
export function newSshKeyPair(): SshKeyPair {
  return sshKeyPairFromSeed(randomBytes(32).toString("base64"));
}

/** OpenSSH's PROTOCOL.key: a header, the public key, and the private section, padded to its cipher's 8 bytes. */
function opensshPrivateKey(seed: Buffer, publicBytes: Buffer, publicBlob: Buffer): string {
  // Two equal numbers by which OpenSSH sees that it decrypted well; derived, so that the key stays the same.
  const check = createHash("sha256").update(publicBytes).digest().subarray(0, 4);
  const section = Buffer.concat([
    check,
    check,
    sshString(keyType),
    sshString(publicBytes),
    sshString(Buffer.concat([seed, publicBytes])),
    sshString(""),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (section.length % 8)) % 8 }, (_, index) => index + 1));
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    sshString("none"),
    sshString("none"),
    sshString(""),
    uint32(1),
    sshString(publicBlob),
    sshString(Buffer.concat([section, padding])),
  ]);
  const lines = file.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}
