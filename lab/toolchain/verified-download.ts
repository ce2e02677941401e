import { createHash } from "node:crypto";

/** Fetches a file whole. Throws with the address and the server's answer. */
export async function fetchBytes(address: string): Promise<Uint8Array> {
  const response = await fetch(address).catch((error: unknown) => {
    throw new Error(`${address} is not reached: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!response.ok) throw new Error(`${address} answered ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Picks (pure) a file's SHA-256 out of a publisher's checksum file: a bare digest, or lines of `digest  name`. */
export function checksumOf(checksums: string, file: string): string | undefined {
  const lines = checksums
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/));
  const named = lines.find(([, name]) => name?.replace(/^.*\//, "") === file);
  const digest = named?.[0] ?? (lines.length === 1 && lines[0]?.length === 1 ? lines[0][0] : undefined);
  return digest !== undefined && /^[0-9a-f]{64}$/.test(digest) ? digest : undefined;
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Fetches a file and refuses it unless its SHA-256 is the one in the publisher's checksum file. */
export async function fetchVerified(address: string, checksumAddress: string): Promise<Uint8Array> {
  const [bytes, checksums] = await Promise.all([fetchBytes(address), fetchBytes(checksumAddress)]);
  const file = new URL(address).pathname.replace(/^.*\//, "");
  const expected = checksumOf(new TextDecoder().decode(checksums), file);
  if (expected === undefined) throw new Error(`${checksumAddress} holds no SHA-256 of ${file}`);
  const actual = sha256(bytes);
  if (actual !== expected) throw new Error(`${address} has SHA-256 ${actual}, its publisher says ${expected}`);
  return bytes;
}
