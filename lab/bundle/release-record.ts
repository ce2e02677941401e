import { gzipSync } from "node:zlib";
import { RunError } from "@pulumi/pulumi/errors.js";
import { run } from "../../runtime/subprocess.ts";

/** What Kubernetes takes in one Secret. Helm keeps a release's record in one: the chart, and all that it was rendered to. */
const secretBytes = 1_048_576;
/** Metadata and values; 0.7 % of Calico's definitions v3.32.1, whose record has 946,652 bytes. */
const rest = 1.02;

/** About how many bytes (pure) Helm's record of a release will have: JSON, gzipped, in base64. */
export function releaseRecordBytes(files: string, templates: string): number {
  const chart = Buffer.from(files).toString("base64");
  const { length } = gzipSync(JSON.stringify({ chart, manifest: templates }), { level: 9 });
  return Math.ceil(((length * 4) / 3) * rest);
}

/**
 * Refuses a packaged chart that Helm couldn't keep the record of: installing it would fail at the very end of an `up`.
 *
 * @throws RunError with its size
 */
export async function refuseOversizedRelease(file: string, name: string): Promise<void> {
  const extract = ["tar", "--extract", "--gzip", "--to-stdout", "--file", file] as const;
  const { stdout: files } = await run(extract);
  const { stdout: templates } = await run([...extract, "--wildcards", "*/templates/*"], { allowedCodes: [0, 2] });
  const bytes = releaseRecordBytes(files, templates);
  if (bytes <= secretBytes) return;
  throw new RunError(
    `The chart ${name} can't be a Helm release: its record would have about ${bytes} bytes, and Kubernetes takes ${secretBytes} in ` +
      "a Secret. Fix: take a version that fits, or apply what it holds as objects.",
  );
}
