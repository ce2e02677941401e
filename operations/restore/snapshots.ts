import { UsageError } from "../errors/usage-error.ts";
import type { SnapshotPlace, Survey } from "./survey.ts";

/** A snapshot of etcd that there is, and the server that it would be restored on. */
export interface SnapshotOnServer {
  readonly name: string;
  readonly place: SnapshotPlace;
  readonly bytes: number;
  /** No valid time where nobody can say. */
  readonly taken: Date;
  /** Name of the host. */
  readonly server: string;
}

/** Whether a snapshot was taken on a server (pure), by its name: of kubeadm `etcd-NODE-TIME.db`, of k3s `etcd-snapshot-NODE-TIME`. */
function isOf(snapshot: string, server: string): boolean {
  const [, taker] = /^(?:etcd-snapshot|etcd|on-demand)-(.+)-[0-9TZ]+(?:\.db)?$/.exec(snapshot) ?? [];
  return taker === server;
}

/**
 * All snapshots that the servers tell of (pure), newest first, each once: what lies on a disk is taken from there, and what is only in
 * the bucket goes to the server that took it, if that is there, or else to the first one.
 */
export function snapshotsOf(surveys: readonly Survey[]): readonly SnapshotOnServer[] {
  const told = surveys
    .filter(({ isMember }) => isMember)
    .flatMap(({ host, snapshots }) => snapshots.map((each) => ({ ...each, server: host.name })));
  const best = new Map<string, SnapshotOnServer>();
  const rank = ({ name, place, server }: SnapshotOnServer) => (place === "disk" ? 2 : 0) + (isOf(name, server) ? 1 : 0);
  for (const one of told) {
    const known = best.get(one.name);
    if (known === undefined || rank(one) > rank(known)) best.set(one.name, one);
  }
  return [...best.values()].toSorted((a, b) => b.taken.getTime() - a.taken.getTime() || a.name.localeCompare(b.name));
}

/** What etcd itself still has on servers (pure): newer than any snapshot, where the cluster has lost its quorum only. */
export function ownData(surveys: readonly Survey[]): readonly SnapshotOnServer[] {
  return surveys
    .filter(({ isMember, hasData }) => isMember && hasData)
    .map(({ host, dataBytes }) => ({
      name: `data-of-${host.name}`,
      place: "data",
      bytes: dataBytes,
      taken: new Date(Number.NaN),
      server: host.name,
    }));
}

/** The snapshot that is asked for (pure): by its name, or `latest`, which is never a server's own data. @throws UsageError if there is none */
export function chosenSnapshot(surveys: readonly Survey[], asked: string): SnapshotOnServer {
  const snapshots = snapshotsOf(surveys);
  const [newest] = snapshots;
  const own = ownData(surveys).find(({ name }) => name === asked);
  if (own !== undefined) return own;
  if (newest === undefined)
    throw new UsageError(
      "No server that answers has a snapshot of etcd, nor leads to one in S3: there is nothing to restore. Nothing was changed. " +
        "Fix: bring a server back that has one; without any, make another stack.",
    );
  const found = asked === "latest" ? newest : snapshots.find(({ name }) => name === asked);
  if (found !== undefined) return found;
  throw new UsageError(
    `${asked}: No server that answers has such a snapshot. Nothing was changed. Fix: --snapshot with a name of the list, or latest.`,
  );
}
