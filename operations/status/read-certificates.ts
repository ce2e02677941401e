import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import tls from "node:tls";
import { KubeConfig } from "@kubernetes/client-node";
import { RunError } from "@pulumi/pulumi/errors.js";
import { deadlineMilliseconds } from "./ask-cluster.ts";
import type { CertificateFact, UnreadCertificate } from "./facts.ts";
import { whyUnanswered } from "./why-unanswered.ts";

type Certificate = CertificateFact | UnreadCertificate;

function factOf(of: string, certificate: X509Certificate): CertificateFact {
  return { of, from: new Date(certificate.validFrom), until: new Date(certificate.validTo) };
}

/** The client's certificate of a kubeconfig (pure); `undefined`: it logs in by other means. */
export function kubeconfigCertificate(kubeconfig: string): CertificateFact | undefined {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const data = config.getCurrentUser()?.certData;
  if (data === undefined) return undefined;
  return factOf("kubeconfig (output)", new X509Certificate(Buffer.from(data, "base64")));
}

interface Server {
  readonly of: string;
  readonly host: string;
  readonly port: number;
  /** Compares the certificate with the host's name, too. */
  readonly checksName?: boolean;
}

/** Reads the certificate that a server shows. Nothing is sent to it, so whether it is trusted doesn't matter. */
async function shown({ of, host, port, checksName = false }: Server): Promise<Certificate> {
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate>();
  const servername = isIP(host) === 0 ? host : undefined;
  const socket = tls.connect({ host, port, servername, rejectUnauthorized: false, timeout: deadlineMilliseconds });
  socket.on("secureConnect", () => {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) reject(new RunError("it shows no certificate"));
    else resolve(certificate);
  });
  socket.on("timeout", () => reject(new DOMException("it took too long", "TimeoutError")));
  socket.on("error", reject);
  return await promise
    .then(
      (certificate): Certificate => {
        const isFor = !checksName || isIP(host) !== 0 || certificate.checkHost(host) !== undefined;
        return isFor ? factOf(of, certificate) : { ...factOf(of, certificate), notFor: host };
      },
      (error: unknown) => ({ of, unanswered: whyUnanswered(error) }),
    )
    .finally(() => socket.destroy());
}

export interface CertificateQuestions {
  readonly kubeconfig: string;
  /** Nodes by name, as they are reached from here. */
  readonly nodes: readonly { readonly name: string; readonly address: string; readonly role: "server" | "agent" }[];
  readonly urls: readonly string[];
}

/**
 * Reads all certificates that show without logging in anywhere: the kubeconfig's; of the API, kubelets and etcd what they show
 * in a handshake; of applications behind HTTPS theirs.
 */
export async function readCertificates({
  kubeconfig,
  nodes,
  urls,
}: CertificateQuestions): Promise<readonly Certificate[]> {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const api = new URL(config.getCurrentCluster()?.server ?? "https://unknown:6443");
  const apiPort = Number(api.port || 443);
  const servers = nodes.filter(({ role }) => role === "server");
  const https = urls.map((url) => new URL(url)).filter(({ protocol }) => protocol === "https:");
  const asked: readonly Server[] = [
    { of: `API at ${api.host}`, host: api.hostname, port: apiPort },
    ...servers
      .filter(({ address }) => address !== api.hostname)
      .map(({ name, address }) => ({ of: `API on ${name}`, host: address, port: 6443 })),
    ...servers.map(({ name, address }) => ({ of: `etcd on ${name}`, host: address, port: 2379 })),
    ...nodes.map(({ name, address }) => ({ of: `kubelet on ${name}`, host: address, port: 10250 })),
    ...https.map(({ host, hostname, port }) => ({
      of: `https://${host}`,
      host: hostname,
      port: Number(port || 443),
      checksName: true,
    })),
  ];
  const own = kubeconfigCertificate(kubeconfig);
  return [...(own === undefined ? [] : [own]), ...(await Promise.all(asked.map(shown)))];
}
