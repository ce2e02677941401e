import { readFile } from "node:fs/promises";
import type { ArtifactsSettings } from "../../settings/schema/artifacts.ts";
import { type Bundle, readBundle } from "../bundle.ts";
import { type ArtifactLock, lockFile, parseLock } from "./lock.ts";

/** Where hosts' binaries come from: their publishers or mirrors of them, or a bundle on this computer. */
export interface ArtifactSource {
  readonly mirrors: Readonly<Record<string, string>>;
  readonly lock: ArtifactLock;
  /** Where there is one, everything comes from it and hosts need no internet. */
  readonly bundle?: Bundle;
}

/** Packages that a host needs to unpack what comes from this source. */
export function unpackers({ bundle }: ArtifactSource): readonly string[] {
  const isCompressed = bundle?.artifacts.some(({ unpackedSha256 }) => unpackedSha256 !== undefined) ?? false;
  return isCompressed ? ["zstd"] : [];
}

/**
 * Reads the lock and, where the settings name one, the bundle's manifest.
 *
 * @throws if the bundle has no valid manifest, or the lock has mistakes
 */
export async function artifactSource(settings: ArtifactsSettings): Promise<ArtifactSource> {
  const lock = parseLock(await readFile(new URL(`../../../${lockFile}`, import.meta.url), "utf8"));
  return {
    mirrors: settings.mirrors,
    lock,
    ...(settings.bundle === undefined ? {} : { bundle: await readBundle(settings.bundle) }),
  };
}
