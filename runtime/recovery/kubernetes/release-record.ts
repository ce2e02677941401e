import { gunzipSync, gzipSync } from "node:zlib";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";

/** The Secret in which Helm 3 keeps one revision of a release (helm.sh/helm/v3/pkg/storage/driver/secrets.go). */
const recordSecret = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    labels: z.looseObject({ status: z.string(), version: z.string() }),
  }),
  data: z.looseObject({ release: z.string() }),
});

/** One revision of a release, as Helm recorded it. */
export type ReleaseRecord = z.output<typeof recordSecret>;

/** What an operation of Helm leaves that ended by itself; any other status is of one that was cut off. */
const settled = ["deployed", "failed", "superseded", "uninstalled"];

export function statusOf({ metadata }: ReleaseRecord): string {
  return metadata.labels.status;
}

/** Whether Helm was cut off while it worked on this revision. */
export function isCutOff(record: ReleaseRecord): boolean {
  return !settled.includes(statusOf(record));
}

/** The last revision among a release's records; `undefined`: there is no such release. */
export function lastRevision(secrets: readonly unknown[]): ReleaseRecord | undefined {
  const records = secrets.map((secret) => recordSecret.parse(secret));
  return records.toSorted((a, b) => Number(b.metadata.labels.version) - Number(a.metadata.labels.version))[0];
}

/** Base64 by Kubernetes, around base64 by Helm, around gzip. */
function decoded(release: string): string {
  const compressed = Buffer.from(Buffer.from(release, "base64").toString("latin1"), "base64");
  return gunzipSync(compressed).toString("utf8");
}

function encoded(json: string): string {
  return Buffer.from(gzipSync(json, { level: 9 }).toString("base64"), "latin1").toString("base64");
}

const releaseStatus = z.looseObject({ info: z.looseObject({ status: z.string() }) });

/**
 * The record (pure) as Helm itself leaves it when it is told to stop: failed. Helm upgrades and uninstalls a failed release, and
 * knows all objects of it; a pending one it refuses to touch.
 *
 * @throws Error if it isn't as Helm 3 writes it
 */
export function failedRecord(record: ReleaseRecord): ReleaseRecord {
  const status = statusOf(record);
  // As text: a number of a chart's values could be greater than JavaScript's. `info` comes before all that could say the same.
  const json = decoded(record.data.release).replace(`"status":"${status}"`, '"status":"failed"');
  if (releaseStatus.safeParse(JSON.parse(json)).data?.info.status !== "failed")
    throw new RunError(
      `${record.metadata.name}: the record isn't as Helm 3 writes it; nothing was changed in it. Fix: take the release away (helm uninstall), then run this again.`,
    );
  const metadata = { ...record.metadata, labels: { ...record.metadata.labels, status: "failed" } };
  return { ...record, metadata, data: { ...record.data, release: encoded(json) } };
}
