import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import tls from "node:tls";

/** Whom to ask, and for which name; without one the server's own choice is shown. */
export interface Shown {
  readonly host: string;
  readonly port: number;
  readonly servername?: string;
}

/** The certificate that a server shows, whoever signed it; `undefined` where it shows none. */
export async function shownCertificate(shown: Shown): Promise<X509Certificate | undefined> {
  const socket = tls.connect({ ...shown, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect");
    return socket.getPeerX509Certificate();
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
