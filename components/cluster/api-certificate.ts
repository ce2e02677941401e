import { X509Certificate } from "node:crypto";
import { networkInterfaces } from "node:os";
import { connect, type PeerCertificate, type TLSSocket } from "node:tls";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { z } from "zod";

/** Something that answers at the API's address, but isn't the cluster: it shows a certificate of another authority. */
export interface Stranger {
  /** Such as `https://192.168.1.5:6443`. */
  readonly server: string;
  /** Whose certificate it is, and who issued it: `O=Example, CN=router`. */
  readonly subject: string;
  readonly issuer: string;
  /** OpenSSL's word for what is wrong with it, such as `SELF_SIGNED_CERT_IN_CHAIN`. */
  readonly reason: string;
  /** The address of this computer that the request left from, and the interface that has it. */
  readonly localAddress: string;
  readonly localInterface: string;
}

/** An address that nothing answers at is for the provider to report: it waits. */
const probeMilliseconds = 3_000;

/** The certificate is the cluster's, but not of now; its own message says so better. */
const aboutTime = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);

const chainErrors = new Set([
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Whether an error of a TLS connection says that the other side's certificate isn't of the expected authority. */
export function isForeignCertificate(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && chainErrors.has(error.code);
}

function distinguishedName(name: PeerCertificate["subject"] | undefined): string {
  const parts = Object.entries(name ?? {}).map(([key, value]) => `${key}=${[value].flat().join("+")}`);
  return parts.length === 0 ? "nobody (no name)" : parts.join(", ");
}

function interfaceOf(address: string): string {
  const own = Object.entries(networkInterfaces()).find(([, entries]) => entries?.some((e) => e.address === address));
  return own?.[0] ?? "an unknown interface";
}

function strangerBehind(socket: TLSSocket, server: string): Stranger | undefined {
  if (socket.authorized) return undefined;
  // Its type says Error; what Node.js gives is the code.
  const reason = String(socket.authorizationError);
  if (aboutTime.has(reason)) return undefined;
  const { subject, issuer } = socket.getPeerCertificate();
  const localAddress = socket.localAddress ?? "an unknown address";
  return {
    server,
    subject: distinguishedName(subject),
    issuer: distinguishedName(issuer),
    reason,
    localAddress,
    localInterface: interfaceOf(localAddress),
  };
}

/**
 * Looks who answers at the API's address: whoever shows a certificate that the cluster's authority didn't issue is a stranger.
 * `undefined` where it is the cluster, or where nothing answers.
 *
 * @param authority the cluster's certificate authority, PEM
 */
export function findStranger(server: string, authority: string): Promise<Stranger | undefined> {
  const { hostname, port } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, "");
  const { promise, resolve } = Promise.withResolvers<Stranger | undefined>();
  const socket = connect(
    {
      host,
      port: Number(port || "443"),
      ca: authority,
      rejectUnauthorized: false,
      // Which names are in it is another question.
      checkServerIdentity: () => undefined,
    },
    () => end(strangerBehind(socket, server)),
  );
  const end = (stranger?: Stranger): void => {
    resolve(stranger);
    socket.destroy();
  };
  socket.setTimeout(probeMilliseconds, () => end());
  socket.on("error", () => end());
  return promise;
}

/** Says (pure) who answers in the cluster's place, and which way the request went. */
export function strangerMessage(stranger: Stranger): string {
  const { server, subject, issuer, reason, localAddress, localInterface } = stranger;
  const { hostname } = new URL(server);
  return `${server} is answered by something that isn't the cluster: its certificate is of "${subject}", issued by "${issuer}", not by the cluster's authority (${reason}). The request left this computer from ${localAddress} (${localInterface}). Fix: if that isn't the way to the site, its network isn't reached from here: a VPN, a proxy or a missing route leads elsewhere (ip route get ${hostname}); if it is, another device has taken the address ${hostname}.`;
}

const kubeconfigSchema = z.looseObject({
  clusters: z.array(
    z.looseObject({
      cluster: z.looseObject({ server: z.url(), "certificate-authority-data": z.string().optional() }),
    }),
  ),
});

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}

/**
 * Asks, before anything else does, who answers at a kubeconfig's address. One without a certificate authority isn't asked.
 *
 * @throws RunError if it isn't the cluster
 */
export async function refuseStranger(kubeconfig: string): Promise<void> {
  const parsed = kubeconfigSchema.safeParse(parse(kubeconfig));
  if (!parsed.success) return;
  for (const { cluster } of parsed.data.clusters) {
    const authority = Buffer.from(cluster["certificate-authority-data"] ?? "", "base64").toString();
    if (!isCertificate(authority)) continue;
    const stranger = await findStranger(cluster.server, authority);
    if (stranger !== undefined) throw new pulumi.RunError(strangerMessage(stranger));
  }
}
