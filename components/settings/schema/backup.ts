import { z } from "zod";
import { cronExpression } from "./cron-expression.ts";
import { pemCertificates } from "./pem-certificates.ts";
import { s3Store } from "./s3-store.ts";

/** What CloudNativePG's objects are given of a bucket; etcd's snapshots know no company's root and no encryption. */
const backupStore = s3Store.extend({
  certificateAuthority: pemCertificates
    .optional()
    .describe("The root (PEM) by which the endpoint is trusted, where no public one signed it."),
  encryption: z
    .enum(["AES256", "aws:kms"])
    .optional()
    .describe(
      "The S3 encrypts each object that it is given (x-amz-server-side-encryption). Default: as the bucket's own settings say.",
    ),
});

/** Where the applications' databases are saved, how often, and for how long. */
export const backup = z.strictObject({
  s3: backupStore,
  schedule: cronExpression
    .default("0 2 * * *")
    .describe(
      "When a whole copy is made: a five-field cron expression in UTC. What happens in between is saved as it happens.",
    ),
  retentionDays: z
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe("Any moment of so many days can be restored; what is older is deleted from the bucket."),
  recoveryPointSeconds: z
    .int()
    .min(5)
    .max(3600)
    .default(60)
    .describe(
      "At most what happened in so many seconds is lost with all machines (archive_timeout). Each time in which something happened is an object in the bucket.",
    ),
});

export type BackupSettings = z.output<typeof backup>;

const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$/;
const unclear = "neither `latest` nor a moment; write it with its date, time and zone, such as 2026-11-25T17:00:00Z";

const byEngine = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?) ([+-]\d{2})(\d{2}) \S+$/;

/**
 * A moment as its reader wrote it (pure). Without quotes it is a moment of YAML's own to Pulumi's engine, which writes it anew in its way into
 * the stack file and to the program: `2026-11-25 17:00:00 +0000 UTC` (seen with 3.259.0).
 */
function asWritten(text: string): string {
  return text.replace(byEngine, "$1T$2$3:$4").replace("+00:00", "Z");
}

/** Milliseconds of a moment; NaN where the calendar or the clock has none, such as the 30th of February, which JavaScript moves into March. */
function timeOf(text: string): number {
  const [date = "", clock = ""] = text.split("T");
  const asIs = new Date(`${date}T00:00:00Z`);
  const isDay = !Number.isNaN(asIs.getTime()) && asIs.toISOString().startsWith(date);
  return moment.test(text) && isDay && !clock.startsWith("24") ? Date.parse(text) : Number.NaN;
}

/** A moment in the past, or the last one that was saved. */
const restoredMoment = z
  .string()
  .overwrite(asWritten)
  .superRefine((text, context) => {
    if (text === "latest") return;
    const at = timeOf(text);
    if (Number.isNaN(at)) context.addIssue({ code: "custom", message: unclear });
    else if (at > Date.now())
      context.addIssue({
        code: "custom",
        message: "a moment that hasn't come yet; write one that was saved, in UTC or with its zone, or latest",
      });
  });

/** What an application's database begins with, in place of nothing. */
export const restore = z
  .strictObject({
    from: z
      .string()
      .regex(
        /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
        "not a saved database's name; write the name of its folder in the bucket, such as shop-odoo-1f0c9a7e",
      )
      .describe(
        "Of the former database: the name of its folder in the bucket, and its `server` in ./grappe output backups.",
      ),
    at: restoredMoment.default("latest").describe("latest, or a moment such as 2026-11-25T17:00:00Z."),
  })
  .describe("Makes the database from a backup. Counts when the database is made; afterwards it can be taken out.");

export type RestoreSettings = z.output<typeof restore>;
