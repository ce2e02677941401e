import { Refusal } from "../refusal.ts";
import type { ChartRelease } from "./chart-objects.ts";
import type { Cluster, Database } from "./cluster.ts";
import { fieldOf } from "./immutability.ts";

/** What the chart's initialisation is made of (`odoo.revision`): its Job is named after it, and never runs twice. */
function revisionOf({ values }: ChartRelease): string {
  const parts = [
    "image",
    "odoo.modules",
    "odoo.language",
    "odoo.country",
    "odoo.url",
    "pointOfSale",
    "administrator.login",
    "credentialsRevision",
  ];
  return JSON.stringify(parts.map((path) => fieldOf(values, path)));
}

/**
 * Waits as the chart does: its pods wait for a database of that name which the Job of this revision has initialised. Another kind of
 * database is another one, on volumes of its own.
 */
export function awaitOdoo(cluster: Cluster, namespace: string, release: ChartRelease): void {
  const kind = String(fieldOf(release.values, "database.kind") ?? "single");
  const wanted = String(fieldOf(release.values, "database.name") ?? "odoo");
  const prefix = `${namespace}/${release.name}`;
  const key = `${prefix}/${kind}`;
  const database: Database = cluster.databases.get(key) ?? { name: wanted, revisions: new Set() };
  cluster.databases.set(key, database);
  const revision = revisionOf(release);
  const hasRun = [...cluster.databases].some(
    ([name, one]) => name.startsWith(`${prefix}/`) && one.revisions.has(revision),
  );
  if (!hasRun && database.name === wanted) database.revisions.add(revision);
  const waiting = `release ${prefix}: timed out waiting for the condition: deployment "${release.name}" is not ready`;
  if (database.name !== wanted) throw new Refusal(`${waiting}: FATAL: database "${wanted}" does not exist`);
  if (!database.revisions.has(revision))
    throw new Refusal(`${waiting}: the database was not initialised, and the job of this revision has run already`);
}
