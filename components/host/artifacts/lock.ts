import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import type { Architecture } from "../../settings/schema/primitives.ts";

/** Name of the file, at the project's root, that pins the SHA-256 of downloads. */
export const lockFile = "artifacts.lock.json";

const lock = z.record(
  z.string().regex(/^[\w.-]+@[\w.+-]+\/(amd64|arm64)$/, "not `name@version/architecture`"),
  z.string().regex(/^[0-9a-f]{64}$/, "not a SHA-256"),
);

/** SHA-256 of downloads by `name@version/architecture`. `./grappe lock` writes it. */
export type ArtifactLock = Readonly<z.output<typeof lock>>;

export function lockKey(name: string, version: string, architecture: Architecture): string {
  return `${name}@${version}/${architecture}`;
}

/** @throws with every mistake in it, and the command that writes it anew */
export function parseLock(text: string): ArtifactLock {
  const parsed = lock.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map(({ path, message }) => `  ${[...path, message].join(": ")}`);
  throw new RunError(`${lockFile} has mistakes; write it anew with \`./grappe lock\`:\n${mistakes.join("\n")}`);
}

/** `undefined` where the text is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The lock's text: sorted, so that a change is a readable diff. */
export function renderLock(entries: ArtifactLock): string {
  const sorted = Object.fromEntries(Object.entries(entries).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(sorted, undefined, 2)}\n`;
}
