import { createHash } from "node:crypto";
import { RunError } from "@pulumi/pulumi/errors.js";
import ssh2 from "ssh2";
import { hostKeyTypes, typeOfKeyBlob } from "../../components/settings/ssh-key.ts";
import { type SshAddress, sshAddressText } from "./address-list.ts";

/** The host key that a machine's SSH server proved to have. */
export interface HostKey extends SshAddress {
  /** As settings pin it: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** As OpenSSH shows it: `SHA256:…`. */
  readonly fingerprint: string;
}

const readyTimeoutMilliseconds = 10_000;

/** The fingerprint (pure) of a public key in OpenSSH's one-line form, as `ssh-keygen -lf` shows it. */
export function fingerprintOf(publicKey: string): string {
  const blob = Buffer.from(publicKey.trim().split(/\s+/)[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** Why a host key couldn't be read (pure), with the fix. */
export function readingFault(machine: SshAddress, reason: string): string {
  const where = sshAddressText(machine);
  if (/no matching host key/i.test(reason)) {
    return `${where} has neither an ed25519 nor an ECDSA host key. On the machine: sudo ssh-keygen -A && sudo systemctl restart ssh`;
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return `${where}: no such name (${reason}). Correct it, or write an address.`;
  return `${where} doesn't answer over SSH (${reason}). Switch it on, correct the address, or let SSH in.`;
}

/**
 * Asks a machine's SSH server for its host key, the ed25519 one where it has one, else an ECDSA one, and logs in to nothing. The server proves that it has the key, not that it is
 * the machine that is meant: its fingerprint is to be compared.
 *
 * @throws RunError in one sentence with the fix
 */
export function readHostKey(machine: SshAddress): Promise<HostKey> {
  const client = new ssh2.Client();
  const { promise, resolve, reject } = Promise.withResolvers<HostKey>();
  let shown: HostKey | undefined;
  const end = (isProven: boolean, reason: string) => {
    if (isProven && shown !== undefined) resolve(shown);
    else reject(new RunError(readingFault(machine, reason)));
    client.end();
  };
  // Being asked who we are comes after the server's signature was found to be the key's.
  client.on("error", (error) => end(error.level === "client-authentication", error.message));
  client.once("close", () => end(false, "the connection was closed"));
  client.once("ready", () => end(true, ""));
  client.connect({
    host: machine.address,
    port: machine.port,
    username: "grappe",
    readyTimeout: readyTimeoutMilliseconds,
    algorithms: { serverHostKey: [...hostKeyTypes] },
    hostVerifier: (blob: Buffer) => {
      const hostKey = `${typeOfKeyBlob(blob)} ${blob.toString("base64")}`;
      shown = { ...machine, hostKey, fingerprint: fingerprintOf(hostKey) };
      return true;
    },
  });
  return promise;
}

/** How many machines are asked at the same time. */
const atOnce = 32;

/**
 * The host keys of many machines, in their order.
 *
 * @throws RunError that names every machine that couldn't be asked
 */
export async function readHostKeys(machines: readonly SshAddress[]): Promise<readonly HostKey[]> {
  const results: PromiseSettledResult<HostKey>[] = [];
  for (let from = 0; from < machines.length; from += atOnce) {
    results.push(...(await Promise.allSettled(machines.slice(from, from + atOnce).map(readHostKey))));
  }
  const faults = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason.message)] : []));
  if (faults.length > 0) throw new RunError(faults.join("\n"));
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** Machines that have one key (pure): copied from one image, so that none proves to be itself. One sentence each, with the fix. */
export function sharedKeys(keys: readonly HostKey[]): readonly string[] {
  return [...Map.groupBy(keys, ({ hostKey }) => hostKey).values()]
    .filter((same) => same.length > 1)
    .map(
      (same) =>
        `${same.map(sshAddressText).join(" and ")} have one host key: they are one machine, or were copied from one image. ` +
        "On the copies: sudo rm /etc/ssh/ssh_host_*; sudo dpkg-reconfigure openssh-server",
    );
}
