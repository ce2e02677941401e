import type { Finding, SavedDatabase } from "./facts.ts";
import type { DatabaseCluster, ObjectStore } from "./objects.ts";
import { lastDue } from "./snapshot-findings.ts";
import { table } from "./table.ts";
import { spanText } from "./time.ts";

const dateOf = (text: string | null | undefined) => (text == null ? undefined : new Date(text));

/** What clusters and stores say of each other (pure). */
export function savedDatabases(
  clusters: readonly DatabaseCluster[],
  stores: readonly ObjectStore[],
): readonly SavedDatabase[] {
  return clusters.flatMap(({ metadata, spec, status }) => {
    const { namespace, name, creationTimestamp } = metadata;
    return spec.plugins.flatMap(({ isWALArchiver, parameters }): SavedDatabase[] => {
      if (!isWALArchiver) return [];
      const { barmanObjectName = "", serverName: server = name } = parameters;
      const store = stores.find(
        (one) => one.metadata.namespace === namespace && one.metadata.name === barmanObjectName,
      );
      const window = store?.status.serverRecoveryWindow[server];
      const archiving = status.conditions.find(({ type }) => type === "ContinuousArchiving");
      return [
        {
          namespace,
          name,
          born: new Date(creationTimestamp),
          server,
          lastCopy: dateOf(window?.lastSuccessfulBackupTime),
          lastFailedCopy: dateOf(window?.lastFailedBackupTime),
          restorableFrom: dateOf(window?.firstRecoverabilityPoint),
          ...(archiving?.status === "False" ? { notSaved: archiving.message || archiving.reason } : {}),
        },
      ];
    });
  });
}

/** Each of them as a line (pure). */
export function savedDatabaseLines(databases: readonly SavedDatabase[], now: Date): readonly string[] {
  if (databases.length === 0) return [];
  const ago = (time: Date | undefined) =>
    time === undefined ? "none yet" : `${spanText(now.getTime() - time.getTime())} ago`;
  const minute = (time: Date | undefined) =>
    time === undefined ? "-" : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const rows = databases.map(({ namespace, name, server, lastCopy, restorableFrom }) => [
    `${namespace}/${name}`,
    server,
    ago(lastCopy),
    minute(restorableFrom),
  ]);
  return ["", ...table([["DATABASE", "SAVED AS", "LAST COPY", "RESTORABLE FROM"], ...rows])];
}

/** What isn't saved as it should be (pure). One copy may be late; two that were due and aren't there are a finding. */
export function savedDatabaseFindings(
  databases: readonly SavedDatabase[],
  { schedule, now }: { readonly schedule: string | undefined; readonly now: Date },
): readonly Finding[] {
  const [, due] = schedule === undefined ? [] : lastDue(schedule, now, 2);
  return databases.flatMap(({ namespace, name, born, lastCopy, lastFailedCopy, notSaved }): readonly Finding[] => {
    const about = `database ${namespace}/${name}`;
    const settings = "see grappe:platform.backup, and ./grappe up, which tries it and says what the bucket says";
    const log = notSaved === undefined ? [] : [{ about, problem: `changes aren't saved: ${notSaved}`, fix: settings }];
    const fix = `kubectl -n ${namespace} get backups.postgresql.cnpg.io`;
    const hasFailed = lastFailedCopy !== undefined && (lastCopy === undefined || lastCopy < lastFailedCopy);
    const age =
      lastCopy === undefined ? "there is none" : `the last is of ${spanText(now.getTime() - lastCopy.getTime())} ago`;
    const isLate = due !== undefined && born < due && (lastCopy === undefined || lastCopy < due);
    if (isLate)
      return [...log, { about, problem: `copies: ${age}, and by "${schedule}" two have been due since`, fix }];
    if (hasFailed) return [...log, { about, problem: `the last copy failed; of those that didn't, ${age}`, fix }];
    return log;
  });
}
