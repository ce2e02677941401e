import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { RunError } from "@pulumi/pulumi/errors.js";
import { fileSha256 } from "../../components/host/bundle.ts";
import { cacheDirectory } from "../cache.ts";
import type { Progress } from "../progress.ts";
import { buildOnce } from "./build-once.ts";

/** A file that a publisher offers, and what its SHA-256 is compared with. */
export interface Download {
  readonly url: string;
  /** The publisher's checksum: a bare SHA-256, or a list of them with names. */
  readonly checksumUrl: string;
  /** The file's name in such a list. */
  readonly checksumName: string;
  /** SHA-256 that was noted earlier; what the publisher says now must be the same. */
  readonly locked?: string;
}

async function request(url: string): Promise<Response> {
  const response = await fetch(url).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RunError(
      `${url} is not reached: ${cause}. Fix: see that this computer has a way to it (docs/network-access.md).`,
    );
  });
  if (!response.ok) throw new RunError(`${url} answered ${response.status} ${response.statusText}`.trimEnd());
  return response;
}

/** Fetches a small text, such as a list of checksums. */
export async function fetchText(url: string): Promise<string> {
  return await (await request(url)).text();
}

/** Picks (pure) a file's SHA-256 out of a publisher's checksums: a bare digest, or lines of `digest  name`. */
export function checksumOf(checksums: string, file: string): string | undefined {
  const lines = checksums.trim().split("\n");
  const fields = lines.map((line) => line.trim().split(/\s+\*?/));
  const named = fields.find(([, name]) => name?.replace(/^.*\//, "") === file);
  const only = fields.length === 1 && fields[0]?.length === 1 ? fields[0][0] : undefined;
  const digest = named?.[0] ?? only;
  return digest !== undefined && /^[0-9a-f]{64}$/.test(digest) ? digest : undefined;
}

/**
 * Downloads a file into the cache and returns its path there. It is refused unless its SHA-256 is the one that its publisher
 * gives and, where one is locked, that one too. What the cache holds already is not downloaded again.
 */
export async function downloadVerified(download: Download, progress: Progress): Promise<string> {
  const { url, checksumUrl, checksumName, locked } = download;
  const expected = checksumOf(await fetchText(checksumUrl), checksumName);
  if (expected === undefined)
    throw new RunError(
      `${checksumUrl} holds no SHA-256 of ${checksumName}. Fix: take a version that its publisher offers.`,
    );
  if (locked !== undefined && locked !== expected) {
    throw new RunError(
      `${url}: its publisher now says SHA-256 ${expected}, artifacts.lock.json says ${locked}. Fix: find out why; then ./grappe lock.`,
    );
  }
  return await downloadExpected(url, expected, progress);
}

/** Downloads a file of known SHA-256 into the cache and returns its path there. */
export async function downloadExpected(url: string, expected: string, progress: Progress): Promise<string> {
  const path = join(await cacheDirectory("downloads"), expected);
  const build = async (result: string): Promise<void> => {
    const response = await request(url);
    if (response.body === null)
      throw new RunError(`${url} answered without a body. Fix: see what stands between, such as a proxy.`);
    const total = Number(response.headers.get("content-length") ?? 0);
    const file = createWriteStream(result);
    const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
    await progress.during(
      () => `downloading ${url}: ${mebibytes(file.bytesWritten)} of ${total === 0 ? "?" : mebibytes(total)} MiB`,
      pipeline(Readable.fromWeb(response.body), file),
    );
    const actual = await fileSha256(result);
    if (actual !== expected)
      throw new RunError(
        `${url} has SHA-256 ${actual}, expected ${expected}. Fix: run it again; if it stays so, see what stands between, such as a proxy.`,
      );
  };
  return await buildOnce({ path, label: url, build }, progress);
}
