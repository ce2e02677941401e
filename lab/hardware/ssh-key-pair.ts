import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";

export interface SshKeyPair {
  /** OpenSSH's own private key format, unencrypted. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string;
}

const algorithm = "ssh-ed25519";

function field(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Encodes (pure but for `check`) an ed25519 key as openssh-key-v1: the only form that every sshd in use reads. */
export function encodeSshKeyPair(seed: Uint8Array, publicBytes: Uint8Array, check: Uint8Array): SshKeyPair {
  const publicBlob = Buffer.concat([field(algorithm), field(publicBytes)]);
  const secret = Buffer.concat([check, check, publicBlob, field(Buffer.concat([seed, publicBytes])), field("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const count = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...[field("none"), field("none"), field("")],
    count,
    field(publicBlob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  return {
    privateKey: ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n"),
    publicKey: `${algorithm} ${publicBlob.toString("base64")}`,
  };
}

/** A new ed25519 key pair, for a host or for a user. */
export function newSshKeyPair(): SshKeyPair {
  const { privateKey } = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const { d, x } = createPrivateKey(privateKey).export({ format: "jwk" });
  if (d === undefined || x === undefined) throw new Error("Node.js made an ed25519 key without its parts.");
  return encodeSshKeyPair(Buffer.from(d, "base64url"), Buffer.from(x, "base64url"), randomBytes(4));
}
