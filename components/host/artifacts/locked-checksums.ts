import { RunError } from "@pulumi/pulumi/errors.js";
import type { Architecture } from "../../settings/schema/primitives.ts";
import { type ArtifactName, catalogue, mirrored, type Publication } from "./catalogue.ts";
import { type ArtifactLock, lockKey } from "./lock.ts";

/** An artifact in one version, for every architecture that hosts have. */
export interface LockedArtifact {
  readonly name: ArtifactName;
  /** As its publisher writes it. */
  readonly version: string;
}

const architectures: readonly Architecture[] = ["amd64", "arm64"];

/** Finds (pure) a file's SHA-256 in what its publisher wrote: the sum alone, or a list of sums and names. */
export function checksumIn(text: string, name: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const line = lines.find(([sum, file]) => sum !== "" && (file === undefined || file.replace(/^\*/, "") === name));
  const sum = line?.[0]?.toLowerCase();
  return sum !== undefined && /^[0-9a-f]{64}$/.test(sum) ? sum : undefined;
}

async function publishedChecksum(
  { checksumUrl, checksumName }: Publication,
  mirrors: Readonly<Record<string, string>>,
) {
  const url = mirrored(checksumUrl, mirrors);
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RunError(`${url} can't be read: ${cause}`);
  });
  if (!response.ok) throw new RunError(`${url} can't be read: HTTP ${response.status}`);
  const sum = checksumIn(await response.text(), checksumName);
  if (sum === undefined) throw new RunError(`${url} names no SHA-256 for ${checksumName}`);
  return sum;
}

/**
 * The lock for artifacts: each one's SHA-256 as its publisher says now.
 *
 * @throws with everything that couldn't be read
 */
export async function lockedChecksums(
  artifacts: readonly LockedArtifact[],
  mirrors: Readonly<Record<string, string>>,
): Promise<ArtifactLock> {
  const wanted = artifacts.flatMap((artifact) => architectures.map((architecture) => ({ ...artifact, architecture })));
  const results = await Promise.allSettled(
    wanted.map(async ({ name, version, architecture }): Promise<[string, string]> => {
      const publication = catalogue[name].publication(version, architecture);
      return [lockKey(name, version, architecture), await publishedChecksum(publication, mirrors)];
    }),
  );
  const problems = results.flatMap((result) => {
    if (result.status === "fulfilled") return [];
    return [result.reason instanceof Error ? result.reason.message : String(result.reason)];
  });
  if (problems.length > 0)
    throw new RunError(
      `The lock was not written:\n${problems.map((line) => `  ${line}`).join("\n")}\n` +
        "Fix: see that this computer reaches these addresses (docs/network-access.md), or name mirrors of them in " +
        "grappe:artifacts.mirrors; where one answers 404, correct the version.",
    );
  return Object.fromEntries(results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
}
