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

/** A bundle without the images of parts that a stack doesn't run (pure): hosts take all images of what is left. */
export function bundleOfParts(bundle: Bundle, parts: ReadonlySet<string>): Bundle {
  const artifacts = bundle.artifacts.filter(({ part }) => part === undefined || parts.has(part));
  return { directory: bundle.directory, artifacts };
}

/**
 * Reads the lock and, where the settings name one, the bundle's manifest.
 *
 * @param parts the parts of platform and applications that the stack runs
 * @throws if the bundle has no valid manifest, or the lock has mistakes
 */
export async function artifactSource(settings: ArtifactsSettings, parts: ReadonlySet<string>): Promise<ArtifactSource> {
  const lock = parseLock(await readFile(new URL(`../../../${lockFile}`, import.meta.url), "utf8"));
  return {
    mirrors: settings.mirrors,
    lock,
    ...(settings.bundle === undefined ? {} : { bundle: bundleOfParts(await readBundle(settings.bundle), parts) }),
  };
}
