import { spanText } from "../status/time.ts";
import type { RestorePlan } from "./plan.ts";
import { ownData, type SnapshotOnServer } from "./snapshots.ts";
import type { LostServer, Survey } from "./survey.ts";

/** `1.2 GB`, `34 MB`, `560 kB` (pure), by thousands. */
export function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.round(bytes / 1e3)} kB`;
}

const ageText = (taken: Date, now: Date) => `${spanText(now.getTime() - taken.getTime())} ago`;

/** More of them would hide what comes after. */
const shown = 20;

/** The snapshots that there are (pure), newest first, for people. */
export function snapshotLines(snapshots: readonly SnapshotOnServer[], now: Date): readonly string[] {
  const width = Math.max(0, ...snapshots.map(({ name }) => name.length));
  const lines = snapshots.slice(0, shown).map(({ name, taken, bytes, place, server }) => {
    const where = place === "disk" ? server : `S3, by ${server}`;
    return `  ${name.padEnd(width)}  ${ageText(taken, now).padStart(12)}  ${sizeText(bytes).padStart(7)}  ${where}`;
  });
  const more = snapshots.length > shown ? [`  and ${snapshots.length - shown} older ones`] : [];
  return lines.length === 0 ? ["Snapshots: none"] : ["Snapshots, newest first:", ...lines, ...more];
}

/** What etcd itself still has on servers (pure). */
export function ownDataLines(own: readonly SnapshotOnServer[]): readonly string[] {
  const lines = own.map(({ name, bytes, server }) => `  ${name}  ${sizeText(bytes)}  ${server}`);
  return lines.length === 0 ? [] : ["What etcd itself had last, where its data is left:", ...lines];
}

/** What the servers say (pure). */
export function serverLines(surveys: readonly Survey[], lost: readonly LostServer[]): readonly string[] {
  const here = surveys.map(({ host, isMember, hasData, answeringApis, s3Failure }) => {
    const api = answeringApis.includes("127.0.0.1")
      ? "its Kubernetes API answers"
      : "its Kubernetes API doesn't answer";
    const data = hasData ? "etcd's data is there" : "etcd has no data there";
    const s3 = s3Failure === undefined ? "" : `; S3 gave it no list: ${s3Failure}`;
    return `  ${host.name}: ${isMember ? `${api}, ${data}${s3}` : "it is no server of this cluster any more; it isn't touched"}`;
  });
  return ["Servers:", ...here, ...lost.map(({ host, why }) => `  ${host.name}: lost. ${why}`)];
}

/** Whose own data is newer than the chosen snapshot (pure). Data of a cluster that lives, or of a restore half done, is no way out. */
function betterData({ target, others, snapshot, goesOn }: RestorePlan): readonly string[] {
  const servers = [target, ...others];
  if (goesOn || snapshot.place === "data" || servers.some(({ answeringApis }) => answeringApis.length > 0)) return [];
  const names = ownData(servers).map(({ name }) => name);
  if (names.length === 0) return [];
  return [`Where only the quorum is lost, what a server has itself is newer: --snapshot ${names.join(" or ")}.`];
}

/** What is lost (pure). */
function lossOf({ snapshot, target }: RestorePlan, now: Date): string {
  const data = "Data in volumes and databases stays as it is.";
  const { place, taken } = snapshot;
  if (place === "data")
    return `What etcd had confirmed and ${target.host.name} hadn't got yet is lost: the last moment as a rule, more if it was away before. ${data}`;
  if (Number.isNaN(taken.getTime())) return `All that Kubernetes was told after the snapshot is lost. ${data}`;
  return `All that Kubernetes was told after ${taken.toISOString()} (${ageText(taken, now)}) is lost. ${data}`;
}

/** Why there may be less to lose than a restore does (pure). */
function warnings({ target, others, lost, snapshot }: RestorePlan): readonly string[] {
  const servers = [target, ...others];
  const withData = servers.filter(({ hasData }) => hasData).length;
  const majority = withData > (servers.length + lost.length) / 2;
  const { installed } = target;
  return [
    ...(majority
      ? [
          `Most servers (${withData} of ${servers.length + lost.length}) still have etcd's data: see first whether they come back by themselves ` +
            "(journalctl -u kubelet -u k3s -n 100), which loses nothing.",
        ]
      : []),
    ...(installed !== undefined && snapshot.taken < installed
      ? [
          `The snapshot is older than Kubernetes ${target.version} on ${target.host.name}: what an earlier version wrote is read by one ` +
            "that is a minor later, and by none after that.",
        ]
      : []),
    ...(lost.length > 0
      ? [
          `Lost servers (${lost.map(({ host }) => host.name).join(", ")}) must stay off: those that come back have the former cluster's ` +
            "data, and enough of them would run it beside this one.",
        ]
      : []),
  ];
}

const listed = (surveys: readonly Survey[]) => surveys.map(({ host }) => host.name).join(", ");

/** What a restore does (pure), for who is asked. */
export function planLines(plan: RestorePlan, told: string, now: Date): readonly string[] {
  const { snapshot, target, others, goesOn } = plan;
  const begun = goesOn ? [`Goes on with the restore that was begun at ${plan.id}.`] : [];
  return [
    ...begun,
    `${snapshot.name} goes to ${target.host.name}, which is etcd's only member then${told === "" ? "" : ` (${told})`}.`,
    ...(others.length === 0 ? [] : [`${listed(others)} ${others.length === 1 ? "joins" : "join"} it anew.`]),
    lossOf(plan, now),
    ...betterData(plan),
    ...warnings(plan),
  ];
}

/** What is left to do (pure), once etcd is restored. */
export function endLines(
  stack: { readonly refresh: string; readonly up: string },
  plan: RestorePlan,
): readonly string[] {
  const { target, others, lost, strangers } = plan;
  const away = [...lost.map(({ host }) => host.name), ...strangers.map(({ name }) => name)];
  return [
    `etcd is restored: ${listed([target, ...others])} ${others.length === 0 ? "is its member" : "are its members"}.`,
    ...(away.length === 0
      ? []
      : [
          `Not among them: ${away.join(", ")}. Replace each in the settings by another machine, or by itself installed anew (hostKey).`,
        ]),
    `Next, what was made since the snapshot: ${stack.refresh}, then ${stack.up}`,
  ];
}
