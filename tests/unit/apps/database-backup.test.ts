import { describe, expect, test } from "vitest";
import {
  objectStoreSpec,
  scheduledBackupSpec,
  scheduleName,
  serverName,
} from "../../../components/apps/database-backup/backup-objects.ts";
import { backup, type RestoreSettings, restore } from "../../../components/settings/schema/backup.ts";
import { caRoot } from "../settings/company-root.ts";
import { inTurn, runWithStandIns } from "./run-with-stand-ins.ts";

const s3 = { bucket: "shop", accessKey: "AK" };
const specOf = (more: object = {}, noProxy?: readonly string[]) =>
  objectStoreSpec(backup.parse({ s3: { ...s3, ...more } }), "odoo-database-backup", noProxy);

describe("where a database is saved", () => {
  test("every database that is made has a folder of its own, which says whose it is", () => {
    expect(serverName("shop", "odoo", "1f0c9a7e-0000-4000-8000-000000000000")).toBe("shop-odoo-1f0c9a7e");
    expect(serverName("Shop_of.Berlin", "odoo", "0000ffff-1")).toBe("shop-of-berlin-odoo-0000ffff");
    for (const stack of ["shop", "Shop_of.Berlin", "_", "a".repeat(100)]) {
      const from = serverName(stack, "odoo", "1f0c9a7e-0000");
      expect(restore.parse({ from })).toEqual({ from, at: "latest" });
    }
  });

  test("Amazon's S3, by its region", () => {
    expect(specOf({ region: "eu-central-1", folder: "shops/berlin" })).toEqual({
      configuration: {
        destinationPath: "s3://shop/shops/berlin/",
        s3Credentials: {
          accessKeyId: { name: "odoo-database-backup", key: "ACCESS_KEY_ID" },
          secretAccessKey: { name: "odoo-database-backup", key: "ACCESS_SECRET_KEY" },
          region: { name: "odoo-database-backup", key: "REGION" },
        },
        wal: { compression: "gzip", maxParallel: 2 },
        data: { compression: "gzip", jobs: 2, immediateCheckpoint: true },
      },
      retentionPolicy: "30d",
      instanceSidecarConfiguration: {
        env: [],
        resources: { requests: { cpu: "20m", memory: "96Mi" }, limits: { memory: "512Mi" } },
      },
    });
  });

  test("another S3, with a company's root, encrypted, by a proxy whose address is a secret", () => {
    const spec = specOf({ endpoint: "s3.shop.lan:9000", certificateAuthority: caRoot, encryption: "AES256" }, [
      "10.43.0.0/16",
      ".svc",
    ]);
    expect(spec.configuration).toMatchObject({
      destinationPath: "s3://shop/",
      endpointURL: "https://s3.shop.lan:9000",
      endpointCA: { name: "odoo-database-backup", key: "ca.crt" },
      wal: { encryption: "AES256" },
      data: { encryption: "AES256" },
    });
    expect(spec.instanceSidecarConfiguration.env).toEqual([
      { name: "AWS_REQUEST_CHECKSUM_CALCULATION", value: "when_required" },
      { name: "AWS_RESPONSE_CHECKSUM_VALIDATION", value: "when_required" },
      { name: "HTTPS_PROXY", valueFrom: { secretKeyRef: { name: "odoo-database-backup", key: "HTTPS_PROXY" } } },
      { name: "NO_PROXY", value: "10.43.0.0/16,.svc" },
    ]);
  });

  test("a first copy at once, the others by the schedule; of another bucket anew", () => {
    const settings = backup.parse({ s3, schedule: "30 3 * * SUN" });
    expect(scheduledBackupSpec(settings, "odoo-database")).toMatchObject({
      schedule: "0 30 3 * * 0",
      immediate: true,
      cluster: { name: "odoo-database" },
      method: "plugin",
      pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
    });
    const names = [s3, { ...s3, bucket: "other" }, { ...s3, folder: "b" }, { ...s3, accessKey: "B" }].map((one) =>
      scheduleName("odoo-database", backup.parse({ s3: one }).s3),
    );
    expect(new Set(names).size).toBe(3);
    expect(names[3]).toBe(names[0]);
  });
});

describe("a moment to restore", () => {
  const messages = (value: object) => restore.safeParse(value).error?.issues.map(({ message }) => message);
  const from = "shop-odoo-1f0c9a7e";

  test.each<RestoreSettings>([
    { from, at: "latest" },
    { from, at: "2026-01-02T03:04:05Z" },
    { from, at: "2026-01-02T03:04:05.678+01:00" },
  ])("%o", (value) => {
    expect(restore.parse(value)).toEqual(value);
  });

  test.each(["", "yesterday", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "2026-01-02 03:04:05Z"])(
    "not «%s»",
    (at) => {
      expect(messages({ from, at })).toEqual([expect.stringMatching(/^neither `latest` nor a moment; write it with/)]);
    },
  );

  test("nor one that hasn't come, nor a former database that isn't named", () => {
    expect(messages({ from, at: "2999-01-01T00:00:00Z" })).toEqual([expect.stringMatching(/hasn't come yet; write/)]);
    expect(messages({ from: "s3://shop/a" })).toEqual([expect.stringMatching(/^not a saved database's name; write/)]);
  });
});

/** PostgreSQL says of its archive what is given, in turn, and the last for good; every `sleep` lets a minute go by. */
const gate = (states: readonly string[], log = "") =>
  runWithStandIns({
    beside: "apps/database-backup/database-backup.ts",
    script: "./backup-gate.sh",
    before: "ours()",
    values: {
      ...{ distribution: "kubeadm", namespace: "odoo", cluster: "odoo-database", bucket: "s3://shop/" },
      ...{ revision: "1", deadline: "600" },
    },
    standIns: `
tries=$(mktemp)
kube() {
  case " $* " in
    *" /readyz "*) ;;
    *currentPrimary*) printf odoo-database-1 ;;
    *conditions*) printf 'Continuous archiving is failing' ;;
    *" logs "*) echo '${log}' ;;
    *pg_create_restore_point*) echo 00000001000000000000000A ;;
    *pg_switch_wal*) echo 0/B000000 ;;
    *"last_archived_wal >= '00000001000000000000000A'"*)
      ${inTurn(states)}
      echo "$given" ;;
    *) echo "kube: $*" >&2; return 1 ;;
  esac
}
sleep() { SECONDS=$((SECONDS + 60)); }`,
  });

describe("the gate of a backup", () => {
  test("passes once the bucket has the newest change", () => {
    const ended = gate(["f", "t"]);
    expect([ended.stderr, ended.status]).toEqual(["", 0]);
  });

  test("says what barman said, and which settings to look at", () => {
    const ended = gate(["f"], '{"level":"info","msg":"2026 [24] ERROR: Forbidden (403)","pipe":"stderr"}');
    expect(ended.stderr).toContain(
      "waiting for the bucket to have the newest change: 2026 [24] ERROR: Forbidden (403)\n",
    );
    expect(ended.stderr).toContain("s3://shop/ doesn't have the newest change of odoo/odoo-database after 600 s: 2026");
    expect(ended.stderr).toContain("grappe:backupSecretKey");
    expect(ended.status).toBe(1);
  });

  test("says what the operator says where barman said nothing", () => {
    expect(gate(["f"]).stderr).toContain("Continuous archiving is failing");
  });
});
