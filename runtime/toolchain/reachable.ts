import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../cache.ts";

/** Where nothing answers, nobody should wait long for what comes instead. */
const probeMilliseconds = 3_000;

/** So long an origin that didn't answer isn't asked again by whoever has something else. */
const rememberedMilliseconds = 10 * 60_000;

async function noteOf(address: string): Promise<string> {
  return join(await cacheDirectory("unreached"), encodeURIComponent(new URL(address).origin));
}

async function isRemembered(address: string): Promise<boolean> {
  const written = await stat(await noteOf(address)).catch(() => undefined);
  return written !== undefined && Date.now() - written.mtimeMs < rememberedMilliseconds;
}

/** Has an origin not asked again for ten minutes by whoever has something else. */
export async function rememberUnreached(address: string): Promise<void> {
  await writeFile(await noteOf(address), "");
}

/**
 * Whether a file can be downloaded from this computer; asked briefly. That an origin didn't answer at all is remembered for ten
 * minutes, so that a computer without internet doesn't wait with every command.
 *
 * @param options `anew` asks an origin in any case: for whoever has nothing else
 */
export async function isReachable(address: string, options: { readonly anew?: boolean } = {}): Promise<boolean> {
  if (options.anew !== true && (await isRemembered(address))) return false;
  const response = await fetch(address, { method: "HEAD", signal: AbortSignal.timeout(probeMilliseconds) }).catch(
    () => undefined,
  );
  if (response === undefined) await rememberUnreached(address);
  return response?.ok === true;
}
