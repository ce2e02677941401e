import assert from "node:assert/strict";
import { loadProgram } from "../../host/script.ts";
import type { ClusterSettings } from "../../settings/schema/cluster.ts";
import { calendarEvents } from "../etcd-snapshot-schedule.ts";

/** Runs on every server: takes a snapshot, keeps the newest, copies it to S3. */
export const etcdSnapshotScript = loadProgram(import.meta.url, "./etcd-snapshot.sh");

export const etcdSnapshotService = `[Unit]
Description=grappe: snapshot of etcd

[Service]
Type=oneshot
Environment=LC_ALL=C.UTF-8
EnvironmentFile=/etc/grappe/etcd-snapshot.env
ExecStart=/usr/local/lib/grappe/etcd-snapshot
`;

/** Servers take theirs a little apart, so that the disks aren't all busy at once. */
export function etcdSnapshotTimer(settings: ClusterSettings["etcdSnapshots"]): string {
  return `[Unit]
Description=grappe: snapshots of etcd

[Timer]
${calendarEvents(settings.schedule)
  .map((event) => `OnCalendar=${event}`)
  .join("\n")}
RandomizedDelaySec=120
Persistent=true

[Install]
WantedBy=timers.target
`;
}

/**
 * The snapshot's settings as an environment file of systemd, for root only. `secretKey` belongs to `s3.accessKey`.
 *
 * @throws if S3 is configured without its secret key
 */
export function etcdSnapshotSettings(
  settings: ClusterSettings["etcdSnapshots"],
  secretKey: string | undefined,
): string {
  const { retention, s3 } = settings;
  const values: Record<string, string> = { RETENTION: String(retention) };
  if (s3 !== undefined) {
    assert(secretKey !== undefined, "etcd snapshots go to S3, but grappe:etcdS3SecretKey is missing");
    values.S3_ENDPOINT = s3.endpoint;
    values.S3_BUCKET = s3.bucket;
    values.S3_REGION = s3.region;
    values.S3_FOLDER = s3.folder;
    values.S3_ACCESS_KEY = s3.accessKey;
    values.S3_SECRET_KEY = secretKey;
  }
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value.replaceAll(/["\\$`]/g, "\\$&")}"\n`)
    .join("");
}
