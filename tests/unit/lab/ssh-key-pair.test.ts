import { createPrivateKey, createPublicKey } from "node:crypto";
import fc from "fast-check";
import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { encodeSshKeyPair, newSshKeyPair } from "../../../lab/hardware/ssh-key-pair.ts";

/** PKCS #8 of an ed25519 seed: a fixed prefix and the seed (RFC 8410). */
function publicBytesOf(seed: Uint8Array): Buffer {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const key = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: "der", type: "pkcs8" });
  return Buffer.from(createPublicKey(key).export({ format: "jwk" }).x ?? "", "base64url");
}

test("another implementation reads every key back, with the same public key", () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes, fc.uint8Array({ minLength: 4, maxLength: 4 }), (seed, check) => {
      const pair = encodeSshKeyPair(seed, publicBytesOf(seed), check);
      const parsed = ssh2.utils.parseKey(pair.privateKey);
      if (parsed instanceof Error) throw parsed;
      expect(`ssh-ed25519 ${parsed.getPublicSSH().toString("base64")}`).toBe(pair.publicKey);
    }),
    { numRuns: 50 },
  );
});

test("every new key is another one", () => {
  expect(newSshKeyPair().publicKey).not.toBe(newSshKeyPair().publicKey);
});
