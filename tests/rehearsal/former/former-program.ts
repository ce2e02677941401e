import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";

const archive = fileURLToPath(new URL("./program.tar.br", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * The program as it was at 4cdc1d7, when each step's state held its whole script: what it has made must go on with the program of today.
 * `program.tar.br` is `git archive 4cdc1d7 index.ts components charts artifacts.lock.json products.csv Pulumi.yaml`, but
 * for what writes the editor's schema.
 */
export async function formerProgram(): Promise<PulumiFn> {
  const packed = readFileSync(archive);
  const hash = createHash("sha256").update(packed).digest("hex").slice(0, 16);
  // Below the repository, so that it finds our packages.
  const folder = `${root}.cache/former-program-${hash}`;
  if (!existsSync(folder)) {
    mkdirSync(`${root}.cache`, { recursive: true });
    const staging = mkdtempSync(`${folder}-`);
    execFileSync("tar", ["-xf", "-", "-C", staging], { input: brotliDecompressSync(packed) });
    try {
      renameSync(staging, folder);
    } catch (error) {
      rmSync(staging, { recursive: true });
      if (!existsSync(folder)) throw error;
    }
  }
  const program: { readonly default: PulumiFn } = await import(`${folder}/index.ts`);
  return program.default;
}
