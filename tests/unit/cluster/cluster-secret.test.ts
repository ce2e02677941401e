import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  agentToken,
  bootstrapToken,
  certificateKey,
  encryptionKey,
  secretFingerprint,
  serverToken,
} from "../../../components/cluster/cluster-secret.ts";

const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));

describe("what is derived from the cluster's secret", () => {
  it("has the form that Kubernetes wants", () => {
    fc.assert(
      fc.property(secrets, fc.string(), (secret, purpose) => {
        const token = bootstrapToken(secret, purpose);
        expect(`${token.id}.${token.secret}`).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
        expect(certificateKey(secret)).toMatch(/^[0-9a-f]{64}$/);
        expect(Buffer.from(encryptionKey(secret), "base64")).toHaveLength(32);
      }),
    );
  });

  it("differs by purpose, so that an agent's token says nothing about a server's", () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const hexadecimal = [serverToken(secret), agentToken(secret), certificateKey(secret)];
        expect(new Set([...hexadecimal, Buffer.from(encryptionKey(secret), "base64").toString("hex")]).size).toBe(4);
        expect(bootstrapToken(secret, "agent-1 a")).not.toEqual(bootstrapToken(secret, "agent-1 b"));
      }),
    );
  });

  it("refuses what is no secret of ours, without showing it", () => {
    expect(() => serverToken("short-canary")).toThrow(/32 bytes/);
    expect(() => serverToken("short-canary")).not.toThrow(/canary/);
  });

  it("tells that a secret of the settings changed to nobody who doesn't know the cluster's", () => {
    fc.assert(
      fc.property(secrets, secrets, fc.string(), (one, other, given) => {
        fc.pre(one !== other);
        expect(secretFingerprint(one, given)).toBe(secretFingerprint(one, given));
        expect(secretFingerprint(one, given)).not.toBe(secretFingerprint(one, `${given}x`));
        expect(secretFingerprint(one, given)).not.toBe(secretFingerprint(other, given));
      }),
    );
  });
});
