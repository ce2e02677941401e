import { createHash } from "node:crypto";
import { markLine } from "./mark.ts";

/**
 * `meta-data` (pure). The instance's id follows from what else is on the card: cloud-init sets a machine up once for each
 * id, so that the same card never does it twice and a changed one does.
 */
export function metaData(name: string, contents: readonly string[]): string {
  const hash = createHash("sha256").update(contents.join("\0")).digest("hex").slice(0, 12);
  return `${markLine(name)}dsmode: local\ninstance-id: grappe-${name}-${hash}\nlocal-hostname: ${name}\n`;
}
