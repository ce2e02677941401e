import type { RuleCase } from "./rule-case.ts";

const restore = { from: "shop-odoo-1f0c9a7e" };

/** A bucket whose key is missing besides: that is found first, and then what these settings make of the bucket. */
function withoutKey(broken: Pick<RuleCase, "rule" | "what" | "stack" | "changes">, path: string): RuleCase {
  return {
    ...broken,
    changes: { "platform.backup": { s3: { bucket: "shop", accessKey: "AK" } }, ...broken.changes },
    paths: ["grappe:backupSecretKey", path],
    reason: /platform\.backup/,
    fix: /config set/,
  };
}

/** Settings of backup and restore that a rule refuses. */
export const backupCases: readonly RuleCase[] = [
  {
    rule: "backupForRestore",
    what: "a restore from nowhere",
    stack: "pi",
    changes: { "apps.odoo.restore": restore },
    paths: ["grappe:apps.odoo.restore"],
    reason: /no bucket/,
    fix: /grappe:platform/,
  },
  withoutKey(
    {
      rule: "backupForRestore",
      what: "a restore into a database that is saved nowhere",
      stack: "pi",
      changes: { "apps.odoo.backup": false, "apps.odoo.restore": restore },
    },
    "grappe:apps.odoo.restore",
  ),
  withoutKey(
    {
      rule: "postgresOffNfs",
      what: "one PostgreSQL that is backed up, on NFS",
      stack: "dev",
      changes: { "apps.odoo.postgres.storageClass": "nfs-client" },
    },
    "grappe:apps.odoo.postgres.storageClass",
  ),
];
