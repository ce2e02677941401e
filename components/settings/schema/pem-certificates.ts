import { X509Certificate } from "node:crypto";
import { z } from "zod";

/** Certificates as a file of PEM holds them, each one readable. */
export const pemCertificates = z.string().refine((text) => {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  const rest = blocks.reduce((left, block) => left.replace(block, ""), text);
  return blocks.length > 0 && rest.trim() === "" && blocks.every(isCertificate);
}, "no certificate in PEM; write its lines, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, and nothing else");

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
