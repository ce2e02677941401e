import { UsageError } from "../errors/usage-error.ts";
import type { ClusterHost } from "./cluster-hosts.ts";
import { chosenSnapshot, type SnapshotOnServer, snapshotsOf } from "./snapshots.ts";
import type { LostServer, RestoreMark, Survey } from "./survey.ts";

/** What was found out, and what is asked for. */
export interface RestoreRequest {
  readonly stack: string;
  readonly surveys: readonly Survey[];
  readonly lost: readonly LostServer[];
  /** Name of a snapshot, or `latest`; `undefined`: nobody said. */
  readonly asked?: string;
  /** Whether a cluster that lives may be put back. */
  readonly overwriteLiving: boolean;
  /** Kubernetes' version that the settings name, as nodes write it. */
  readonly version: string;
  readonly now: Date;
}

/** What a restore does, and where. */
export interface RestorePlan {
  readonly id: string;
  /** Whether it was begun by a run before. */
  readonly goesOn: boolean;
  /** Whether that one got as far as its end: it only has to be forgotten. */
  readonly isOver: boolean;
  /** Restores that were begun, and are given up for this one. */
  readonly abandoned: readonly string[];
  readonly snapshot: SnapshotOnServer;
  /** Gets the snapshot. */
  readonly target: Survey;
  /** Join it anew. */
  readonly others: readonly Survey[];
  /** Can't be asked, and aren't touched. */
  readonly lost: readonly LostServer[];
  /** Answer, and aren't servers any more. */
  readonly strangers: readonly ClusterHost[];
}

/** Whether the snapshot is etcd's data by now (pure): from then on no other one can be chosen. */
const isInPlace = ({ phase }: RestoreMark) => ["restored", "started", "over"].includes(phase);

/** `20261129T141500Z`: ids of restores, in the order of their times (pure). */
export const restoreId = (now: Date) => now.toISOString().replaceAll(/[-:]|\.\d+/g, "");

interface UnderWay {
  readonly mark: RestoreMark;
  readonly target: Survey;
}

/** The restore that a run before began (pure); `undefined` where there is none, or the server that it was for is gone. */
function underWay(members: readonly Survey[]): UnderWay | undefined {
  const newest = members.flatMap(({ mark }) => mark ?? []).toSorted((a, b) => b.id.localeCompare(a.id))[0];
  const target = members.find(({ host, mark }) => host.privateAddress === newest?.target && mark?.id === newest.id);
  return target?.mark === undefined ? undefined : { mark: target.mark, target };
}

/** The one that goes on (pure), unless another snapshot is asked for while that can still be. @throws UsageError if it can't */
function goingOn({ surveys, asked }: RestoreRequest, members: readonly Survey[]): UnderWay | undefined {
  const found = underWay(members);
  if (found === undefined || asked === undefined) return found;
  const { mark } = found;
  const wanted = asked === "latest" ? snapshotsOf(surveys)[0]?.name : asked;
  if (wanted === mark.snapshot) return found;
  if (!isInPlace(mark)) return undefined;
  throw new UsageError(
    `${mark.snapshot} is in place on ${found.target.host.name} already, and its restore isn't over. Nothing was changed. ` +
      "Fix: the same command without --snapshot, which goes on with it; then restore the other one.",
  );
}

/** Who says that the cluster lives (pure). */
function livingApi(surveys: readonly Survey[], lost: readonly LostServer[]): string | undefined {
  const hosts = [...surveys, ...lost].map(({ host }) => host);
  for (const { host, answeringApis } of surveys) {
    const [address] = answeringApis;
    if (address === undefined) continue;
    return address === "127.0.0.1" ? host.name : (hosts.find((one) => one.privateAddress === address)?.name ?? address);
  }
  return undefined;
}

function refuseLiving({ stack, surveys, lost, overwriteLiving }: RestoreRequest): void {
  const living = livingApi(surveys, lost);
  if (living === undefined || overwriteLiving) return;
  throw new UsageError(
    `${stack}: The Kubernetes API of ${living} answers, so etcd has its quorum there, and all that was changed since the snapshot ` +
      `would be lost. Nothing was changed. Fix: ./grappe status ${stack} and ./grappe up ${stack} mend a cluster that lives; ` +
      "to go back to the snapshot in spite of that: --overwrite-living.",
  );
}

function refuseOtherVersion({ version, stack }: RestoreRequest, { host, version: runs }: Survey): void {
  if (runs === version) return;
  throw new UsageError(
    `${host.name} runs Kubernetes ${runs || "of no known version"}, and grappe:cluster.version says ${version}. Nothing was changed. ` +
      `Fix: write the version that runs there into Pulumi.${stack}.yaml, restore, then upgrade.`,
  );
}

function refuseUnknownTarget(members: readonly Survey[], { target, snapshot }: RestoreMark): UsageError {
  const all = members.map(({ host }) => host.name).join(", ");
  return new UsageError(
    `The restore of ${snapshot} on ${target} is under way, and ${all} know nothing of that snapshot.`,
  );
}

function snapshotInPlace({ mark, target }: UnderWay, members: readonly Survey[]): SnapshotOnServer {
  const known = snapshotsOf(members).find(({ name }) => name === mark.snapshot);
  if (known !== undefined) return { ...known, place: mark.place, server: target.host.name };
  // Brought from a bucket that isn't reached now, moved, or taken away once it was in place.
  if (isInPlace(mark) || mark.place !== "disk")
    return { name: mark.snapshot, place: mark.place, bytes: 0, taken: new Date(Number.NaN), server: target.host.name };
  throw refuseUnknownTarget(members, mark);
}

/**
 * What is to be done (pure).
 *
 * @throws UsageError that names the reason and the fix, if nothing may be
 */
export function planRestore(request: RestoreRequest): RestorePlan {
  const { surveys, lost, asked = "latest", now } = request;
  const members = surveys.filter(({ isMember }) => isMember);
  const strangers = surveys.filter(({ isMember }) => !isMember).map(({ host }) => host);
  const begun = goingOn(request, members);
  if (begun === undefined) refuseLiving(request);
  const snapshot = begun === undefined ? chosenSnapshot(surveys, asked) : snapshotInPlace(begun, members);
  const target = members.find(({ host }) => host.name === snapshot.server);
  if (target === undefined)
    throw new UsageError(`${snapshot.server}: It has the snapshot, and isn't a server any more.`);
  refuseOtherVersion(request, target);
  const id = begun?.mark.id ?? restoreId(now);
  return {
    id,
    goesOn: begun !== undefined,
    isOver: begun?.mark.phase === "over",
    abandoned: [...new Set(members.flatMap(({ mark }) => mark?.id ?? []))].filter((other) => other !== id),
    snapshot,
    target,
    others: members.filter((one) => one !== target),
    lost,
    strangers,
  };
}
