import type { ClusterHost } from "../../../../operations/restore/cluster-hosts.ts";
import type { RestoreRequest } from "../../../../operations/restore/plan.ts";
import { parseSurvey, type RestoreMark, type Survey } from "../../../../operations/restore/survey.ts";

export const hostOf = (number: number): ClusterHost => ({
  name: `pi-${number}`,
  role: "server",
  privateAddress: `10.0.0.${number}`,
  hops: [{ address: `10.0.0.${number}`, port: 22, user: "root", privateKey: "the key", hostKey: "ssh-ed25519 AAAA" }],
});

/** What the script on pi-N says; `more` are further lines. */
export function surveyOf(number: number, more: readonly string[] = [], data = true): Survey {
  const held = data ? ["data yes", "data-bytes 5000000"] : ["data no"];
  const lines = ["member yes", "version v1.36.3", ...held, "installed 1790000000", ...more];
  return parseSurvey(hostOf(number), lines.join("\n"));
}

/** A snapshot that pi-N took at an hour of 2026-11-29, on its disk. */
export const onDisk = (number: number, hour: number) =>
  `snapshot disk ${nameOf(number, hour)} 3200000 ${Date.UTC(2026, 10, 29, hour) / 1_000}.5`;
export const inBucket = (number: number, hour: number) =>
  `snapshot s3 ${nameOf(number, hour)} 3200000 2026-11-29T${String(hour).padStart(2, "0")}:00:01.000Z`;
export const nameOf = (number: number, hour: number) =>
  `etcd-pi-${number}-20261129T${String(hour).padStart(2, "0")}0000Z.db`;

export const markLine = ({ id, target, phase, place, snapshot }: RestoreMark) =>
  `restore ${id} ${target} ${phase} ${place} ${snapshot}`;

export const now = new Date("2026-11-29T14:15:00.250Z");

/** A request after two of three servers are gone. */
export const requestOf = (surveys: readonly Survey[], more: Partial<RestoreRequest> = {}): RestoreRequest => ({
  stack: "pi",
  surveys,
  lost: [],
  overwriteLiving: false,
  version: "v1.36.3",
  now,
  ...more,
});
