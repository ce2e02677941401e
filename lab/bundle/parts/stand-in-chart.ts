import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StandInChart } from "./part.ts";

/** Where a stand-in for a chart lies. */
export function standInFolder({ folder }: StandInChart): string {
  return join(import.meta.dirname, "..", "..", "charts", folder);
}

/** Says where a stand-in is from, and which of its files: a bundle may hold an earlier one under the same version. */
export function standInSource(chart: StandInChart): string {
  const root = standInFolder(chart);
  const hash = createHash("sha256");
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of entries.map(({ parentPath, name }) => join(parentPath, name)).toSorted())
    hash.update(file.slice(root.length)).update("\0").update(readFileSync(file)).update("\0");
  return `lab/charts/${chart.folder}, ${hash.digest("hex").slice(0, 12)}`;
}
