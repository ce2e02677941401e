import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { UsageError } from "../errors/usage-error.ts";

const anyKubeconfig = z.object({ "current-context": z.string() });

function contextIn(text: string): string | undefined {
  try {
    return anyKubeconfig.safeParse(parse(text)).data?.["current-context"];
  } catch {
    return undefined;
  }
}

/**
 * Throws unless nothing but an earlier kubeconfig of the same person and stack would be overwritten.
 *
 * @throws UsageError that names the file
 */
export async function assertOwnFile(path: string, context: string): Promise<void> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (Reflect.get(Object(error), "code") === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined || contextIn(text) === context) return;
  throw new UsageError(`--output ${path}: It is there and no kubeconfig of ${context}. Fix: name another file.`);
}

/** Writes a file that its owner alone reads, whole or not at all. */
export async function writeOwnFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  try {
    await writeFile(beside, text, { mode: 0o600, flag: "wx" });
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}
