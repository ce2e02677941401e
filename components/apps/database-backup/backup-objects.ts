import { createHash } from "node:crypto";
import { robfigCron } from "../../cluster/etcd-snapshot-schedule.ts";
import { barmanPluginName } from "../../platform/barman-plugin.ts";
import type { BackupSettings } from "../../settings/schema/backup.ts";

type Store = BackupSettings["s3"];

/** Keys of the Secret that belongs to an ObjectStore. */
export const storeKeys = {
  accessKey: "ACCESS_KEY_ID",
  secretKey: "ACCESS_SECRET_KEY",
  region: "REGION",
  certificateAuthority: "ca.crt",
  proxy: "HTTPS_PROXY",
} as const;

/**
 * The folder of one database in the bucket (pure): the operator refuses to save a database where another one was saved, so the name is
 * another one for every database that is made, and says whose it is.
 *
 * @param uid of the database's namespace, which lives exactly as long
 */
export function serverName(stack: string, app: string, uid: string): string {
  const begin = stack
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `${(begin || "stack").slice(0, 40)}-${app}-${uid.slice(0, 8)}`;
}

const isAmazon = ({ endpoint }: Store) => endpoint === "s3.amazonaws.com";

/** Where the bucket's folder is, as barman knows it. */
export const destinationPath = ({ bucket, folder }: Store) => `s3://${bucket}/${folder === "" ? "" : `${folder}/`}`;

function environment(store: Store, secret: string, noProxy: readonly string[] | undefined) {
  // Amazon's newer checksums are refused by other stores (boto/boto3#4392).
  const checksums = ["AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"];
  const key = storeKeys.proxy;
  return [
    ...(isAmazon(store) ? [] : checksums.map((name) => ({ name, value: "when_required" }))),
    ...(noProxy === undefined
      ? []
      : [
          { name: key, valueFrom: { secretKeyRef: { name: secret, key } } },
          { name: "NO_PROXY", value: noProxy.join(",") },
        ]),
  ];
}

/**
 * The ObjectStore's `spec` (pure): where databases of this namespace are saved, compressed.
 *
 * @param secret name of the Secret with the store's keys
 * @param noProxy what isn't reached by the proxy; absent where the bucket is reached without
 */
export function objectStoreSpec({ s3, retentionDays }: BackupSettings, secret: string, noProxy?: readonly string[]) {
  const encryption = s3.encryption === undefined ? {} : { encryption: s3.encryption };
  const keyOf = (key: string) => ({ name: secret, key });
  return {
    configuration: {
      destinationPath: destinationPath(s3),
      // Amazon's own is found by the region.
      ...(isAmazon(s3) ? {} : { endpointURL: `https://${s3.endpoint}` }),
      ...(s3.certificateAuthority === undefined ? {} : { endpointCA: keyOf(storeKeys.certificateAuthority) }),
      s3Credentials: {
        accessKeyId: keyOf(storeKeys.accessKey),
        secretAccessKey: keyOf(storeKeys.secretKey),
        region: keyOf(storeKeys.region),
      },
      wal: { compression: "gzip", maxParallel: 2, ...encryption },
      // A checkpoint that takes its time, as it does by itself, would keep the copy waiting for minutes.
      data: { compression: "gzip", jobs: 2, immediateCheckpoint: true, ...encryption },
    },
    retentionPolicy: `${retentionDays}d`,
    instanceSidecarConfiguration: {
      env: environment(s3, secret, noProxy),
      resources: { requests: { cpu: "20m", memory: "96Mi" }, limits: { memory: "512Mi" } },
    },
  };
}

/** Another name for every store (pure): the first copy in it is made at once, and not when the schedule says. */
export function scheduleName(cluster: string, { endpoint, bucket, folder }: Store): string {
  const hash = createHash("sha256").update([endpoint, bucket, folder].join("\0")).digest("hex");
  return `${cluster}-${hash.slice(0, 8)}`;
}

/** The ScheduledBackup's `spec` (pure): the first copy at once, the others when the schedule says. */
export function scheduledBackupSpec({ schedule }: BackupSettings, cluster: string) {
  return {
    // Its cron has seconds before the minutes.
    schedule: `0 ${robfigCron(schedule)}`,
    immediate: true,
    // Each copy's object goes with the database; the copy itself stays.
    backupOwnerReference: "cluster",
    cluster: { name: cluster },
    method: "plugin",
    pluginConfiguration: { name: barmanPluginName },
  };
}
