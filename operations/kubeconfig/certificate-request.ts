// For @peculiar/x509.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { Name, PemConverter, Pkcs10CertificateRequestGenerator } from "@peculiar/x509";

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

const key = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Makes a key (P-256) and the request for its certificate (PKCS #10). The key never leaves this process but by the caller. */
export async function newCertificateRequest({ user, group }: CertificateSubject): Promise<CertificateRequest> {
  const keys = await webcrypto.subtle.generateKey(key, true, ["sign", "verify"]);
  const name = new Name([{ O: [group] }, { CN: [user] }]);
  const request = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: key }, webcrypto);
  const privateKey = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    privateKey: `${PemConverter.encode(privateKey, PemConverter.PrivateKeyTag)}\n`,
    request: `${request.toString("pem")}\n`,
  };
}
