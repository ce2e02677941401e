import { generateKeyPairSync, sign } from "node:crypto";

/** Whom a client certificate names to the API server: its common name is the user, each organisation a group. */
export interface CertificateSubject {
  readonly user: string;
  readonly group: string;
}

/** A private key, and the request for a certificate of it; both PEM. */
export interface CertificateRequest {
  readonly privateKey: string;
  readonly request: string;
}

/** Tags of DER (X.690), the only ones that a request needs. */
const tags = { integer: 0x02, bits: 0x03, utf8: 0x0c, sequence: 0x30, set: 0x31, attributes: 0xa0 };

/** Object identifiers as DER: tag, length and all. */
const commonName = Buffer.from("0603550403", "hex");
const organisation = Buffer.from("060355040a", "hex");
const ecdsaWithSha256 = Buffer.from("06082a8648ce3d040302", "hex");

function lengthOf(content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.from([content.length]);
  const digits = content.length.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 + bytes.length]), bytes]);
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);
}

const named = (attribute: Buffer, value: string) =>
  der(tags.set, der(tags.sequence, attribute, der(tags.utf8, Buffer.from(value))));

/**
 * Makes a key (P-256) and the request for its certificate, as PKCS #10 (RFC 2986) says it: Node.js signs, but writes no requests.
 * The key never leaves this process but by the caller.
 */
export function newCertificateRequest({ user, group }: CertificateSubject): CertificateRequest {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const information = der(
    tags.sequence,
    der(tags.integer, Buffer.from([0])),
    der(tags.sequence, named(organisation, group), named(commonName, user)),
    publicKey.export({ format: "der", type: "spki" }),
    der(tags.attributes),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", information, privateKey)]);
  const whole = der(tags.sequence, information, der(tags.sequence, ecdsaWithSha256), der(tags.bits, signature));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    privateKey: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    request: ["-----BEGIN CERTIFICATE REQUEST-----", ...lines, "-----END CERTIFICATE REQUEST-----", ""].join("\n"),
  };
}
