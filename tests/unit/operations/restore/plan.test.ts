import { describe, expect, test } from "vitest";
import { exitCodes } from "../../../../operations/errors/exit-codes.ts";
import {
  endLines,
  ownDataLines,
  planLines,
  serverLines,
  sizeText,
  snapshotLines,
} from "../../../../operations/restore/describe-restore.ts";
import { planRestore, type RestoreRequest } from "../../../../operations/restore/plan.ts";
import { ownData, snapshotsOf } from "../../../../operations/restore/snapshots.ts";
import { parseSurvey, type RestoreMark } from "../../../../operations/restore/survey.ts";
import { hostOf, inBucket, markLine, nameOf, now, onDisk, requestOf, surveyOf } from "./restore-fixture.ts";

const lost = (number: number) => ({ host: hostOf(number), why: "it is off" });

/** Why a request is refused; nothing was touched then. */
function refusalOf(request: RestoreRequest): string {
  try {
    planRestore(request);
  } catch (error) {
    expect(error).toMatchObject({ exitCode: exitCodes.refused });
    return error instanceof Error ? error.message : "";
  }
  return "planned";
}

describe("the snapshots that there are", () => {
  const surveys = [
    surveyOf(1, [onDisk(1, 6), onDisk(1, 12), inBucket(1, 12), inBucket(3, 13)]),
    surveyOf(2, [onDisk(2, 0), inBucket(1, 12), inBucket(3, 13), inBucket(2, 9)]),
  ];

  test("are listed newest first, each once; one on a disk is taken from there, one in S3 goes to who took it", () => {
    expect(snapshotsOf(surveys).map(({ name, place, server }) => [name, place, server])).toEqual([
      [nameOf(3, 13), "s3", "pi-1"],
      [nameOf(1, 12), "disk", "pi-1"],
      [nameOf(2, 9), "s3", "pi-2"],
      [nameOf(1, 6), "disk", "pi-1"],
      [nameOf(2, 0), "disk", "pi-2"],
    ]);
  });

  test("are shown with age, size and place", () => {
    const [head, ...lines] = snapshotLines(snapshotsOf(surveys), now);
    expect(head).toBe("Snapshots, newest first:");
    expect(lines[0]).toMatch(/^ {2}etcd-pi-3-20261129T130000Z\.db +75 min ago +3 MB {2}S3, by pi-1$/);
    expect(lines[1]).toMatch(/^ {2}etcd-pi-1-20261129T120000Z\.db +2 h ago +3 MB {2}pi-1$/);
    expect(snapshotLines([], now)).toEqual(["Snapshots: none"]);
    const many = snapshotsOf([
      surveyOf(
        1,
        Array.from({ length: 22 }, (_, hour) => onDisk(1, hour)),
      ),
    ]);
    expect(snapshotLines(many, now).at(-1)).toBe("  and 2 older ones");
  });

  test.each([
    [999, "1 kB"],
    [3_200_000, "3 MB"],
    [1_250_000_000, "1.3 GB"],
  ])("of %i bytes have %s", (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });

  test("of a machine that is no server any more don't count", () => {
    const stranger = parseSurvey(hostOf(1), `member no\ndata no\n${onDisk(1, 12)}`);
    expect(snapshotsOf([stranger])).toEqual([]);
  });
});

describe("a restore", () => {
  const surveys = [surveyOf(1, [onDisk(1, 12)]), surveyOf(2, [onDisk(2, 6)], false)];

  test("takes the newest snapshot, to its server; the others join", () => {
    const plan = planRestore(requestOf(surveys, { lost: [lost(3)] }));
    expect(plan).toMatchObject({ id: "20261129T141500Z", goesOn: false, isOver: false, abandoned: [] });
    expect(plan.snapshot.name).toBe(nameOf(1, 12));
    expect(plan.target.host.name).toBe("pi-1");
    expect(plan.others.map(({ host }) => host.name)).toEqual(["pi-2"]);
    expect(planLines(plan, "hash a, revision 2, 3 keys", now)).toEqual([
      `${nameOf(1, 12)} goes to pi-1, which is etcd's only member then (hash a, revision 2, 3 keys).`,
      "pi-2 joins it anew.",
      "All that Kubernetes was told after 2026-11-29T12:00:00.000Z (2 h ago) is lost. Data in volumes and databases stays as it is.",
      "Where only the quorum is lost, what a server has itself is newer: --snapshot data-of-pi-1.",
      expect.stringMatching(/^Lost servers \(pi-3\) must stay off/),
    ]);
    const [state, away, next] = endLines({ refresh: "./grappe refresh pi", up: "./grappe up pi" }, plan);
    expect(state).toBe("etcd is restored: pi-1, pi-2 are its members.");
    expect(away).toMatch(/^Not among them: pi-3\. /);
    expect(next).toMatch(/\.\/grappe refresh pi, then \.\/grappe up pi$/);
  });

  test("takes another one by its name", () => {
    expect(planRestore(requestOf(surveys, { asked: nameOf(2, 6) })).target.host.name).toBe("pi-2");
    expect(planRestore(requestOf(surveys, { asked: "latest" })).target.host.name).toBe("pi-1");
    expect(refusalOf(requestOf(surveys, { asked: "nope" }))).toMatch(/^nope: .* Fix: --snapshot/);
  });

  test("takes what a server itself has, where it is asked for by name only", () => {
    const plan = planRestore(requestOf(surveys, { asked: "data-of-pi-1" }));
    expect(plan.snapshot).toMatchObject({ place: "data", server: "pi-1" });
    const told = planLines(plan, "", now).join("\n");
    expect(told).toContain("What etcd had confirmed and pi-1 hadn't got yet is lost");
    expect(told).not.toContain("--snapshot");
    expect(ownDataLines(ownData(surveys))).toEqual([
      "What etcd itself had last, where its data is left:",
      "  data-of-pi-1  5 MB  pi-1",
    ]);
    expect(ownDataLines(ownData(surveys.slice(1)))).toEqual([]);
    expect(refusalOf(requestOf(surveys, { asked: "data-of-pi-2" }))).toMatch(/no such|has such a snapshot/i);
    const alone = planRestore(requestOf([surveyOf(1)], { asked: "data-of-pi-1" }));
    expect(alone.target.host.name).toBe("pi-1");
  });

  test("is refused without a snapshot, or a server", () => {
    expect(refusalOf(requestOf([surveyOf(1)]))).toMatch(/nothing to restore\. Nothing was changed\. Fix: /);
    expect(refusalOf(requestOf([], { lost: [lost(1)] }))).toMatch(/nothing to restore/);
  });

  test.each([
    ["its own server", surveyOf(2, ["api 127.0.0.1", "api 10.0.0.1"]), "pi-2"],
    ["one that only other servers reach", surveyOf(2, ["api 10.0.0.3"]), "pi-3"],
  ])("is refused where the API answers %s", (_, living, name) => {
    const request = requestOf([surveyOf(1, [onDisk(1, 12)]), living], { lost: [lost(3)] });
    expect(refusalOf(request)).toMatch(
      new RegExp(`^pi: The Kubernetes API of ${name} answers.* Nothing was changed\\. Fix: .*--overwrite-living`),
    );
    expect(planRestore({ ...request, overwriteLiving: true }).target.host.name).toBe("pi-1");
  });

  test("is refused where another version runs than the settings say", () => {
    expect(refusalOf(requestOf(surveys, { version: "v1.37.0" }))).toMatch(
      /^pi-1 runs Kubernetes v1\.36\.3, and .*v1\.37\.0.*Fix: /,
    );
  });

  test("says where most servers still have their data, and where the snapshot is older than the version", () => {
    const both = [surveyOf(1, [onDisk(1, 12)]), surveyOf(2), surveyOf(3)];
    expect(planLines(planRestore(requestOf(both)), "", now).join("\n")).toMatch(
      /Most servers \(3 of 3\) still have etcd's data/,
    );
    const later = [{ ...surveyOf(1, [onDisk(1, 12)], false), installed: new Date("2026-11-29T13:00:00Z") }];
    expect(planLines(planRestore(requestOf(later)), "", now).join("\n")).toMatch(
      /older than Kubernetes v1\.36\.3 on pi-1/,
    );
    expect(planLines(planRestore(requestOf(surveys)), "", now).join("\n")).not.toMatch(/Most servers|older than/);
  });

  test("leaves alone what is no server any more", () => {
    const stranger = parseSurvey(hostOf(3), "member no\ndata no");
    const plan = planRestore(requestOf([...surveys, stranger]));
    expect(plan.others.map(({ host }) => host.name)).toEqual(["pi-2"]);
    expect(plan.strangers.map(({ name }) => name)).toEqual(["pi-3"]);
    expect(serverLines([...surveys, stranger], [lost(4)])).toEqual([
      "Servers:",
      "  pi-1: its Kubernetes API doesn't answer, etcd's data is there",
      "  pi-2: its Kubernetes API doesn't answer, etcd has no data there",
      "  pi-3: it is no server of this cluster any more; it isn't touched",
      "  pi-4: lost. it is off",
    ]);
  });
});

describe("a restore that was cut off", () => {
  const mark = (phase: string, more: Partial<RestoreMark> = {}): RestoreMark => ({
    id: "20261129T130000Z",
    target: "10.0.0.1",
    phase,
    place: "disk",
    snapshot: nameOf(1, 6),
    ...more,
  });
  const cutOff = (phase: string, other = "stopped", more: Partial<RestoreMark> = {}) => [
    surveyOf(1, [onDisk(1, 12), onDisk(1, 6), markLine(mark(phase, more))]),
    surveyOf(2, [onDisk(2, 13), markLine(mark(other, more))]),
  ];

  test("goes on with its own snapshot, though there is a newer one, and though its API answers by now", () => {
    const [first, second] = cutOff("started");
    const surveys = first && second ? [{ ...first, answeringApis: ["127.0.0.1"] }, second] : [];
    const plan = planRestore(requestOf(surveys));
    expect(plan).toMatchObject({ id: "20261129T130000Z", goesOn: true, isOver: false, abandoned: [] });
    expect(plan.snapshot).toMatchObject({ name: nameOf(1, 6), server: "pi-1" });
    expect(planLines(plan, "", now)[0]).toBe("Goes on with the restore that was begun at 20261129T130000Z.");
  });

  test("that only has to be forgotten is known as such", () => {
    expect(planRestore(requestOf(cutOff("over", "joined"))).isOver).toBe(true);
  });

  test("gives way to another snapshot until the first one is in place", () => {
    const plan = planRestore(requestOf(cutOff("stopped"), { asked: nameOf(1, 12) }));
    expect(plan).toMatchObject({ id: "20261129T141500Z", goesOn: false, abandoned: ["20261129T130000Z"] });
    expect(plan.snapshot.name).toBe(nameOf(1, 12));
    expect(refusalOf(requestOf(cutOff("restored"), { asked: nameOf(1, 12) }))).toMatch(
      /is in place on pi-1 already.*Fix: /,
    );
    expect(planRestore(requestOf(cutOff("restored"), { asked: nameOf(1, 6) })).goesOn).toBe(true);
  });

  test("on a server that is gone since is given up", () => {
    const [, second] = cutOff("stopped");
    const plan = planRestore(requestOf(second ? [second] : [], { lost: [lost(1)] }));
    expect(plan).toMatchObject({ goesOn: false, abandoned: ["20261129T130000Z"] });
    expect(plan.target.host.name).toBe("pi-2");
  });

  test("goes on with a snapshot from S3 that isn't listed now, or one that is in place and gone", () => {
    const gone = (phase: string, place: "disk" | "s3") =>
      requestOf(cutOff(phase, "stopped", { snapshot: "etcd-pi-9-1.db", place }));
    expect(planRestore(gone("stopped", "s3")).snapshot).toMatchObject({ name: "etcd-pi-9-1.db", place: "s3" });
    const plan = planRestore(gone("restored", "disk"));
    expect(planLines(plan, "", now).join("\n")).toContain("told after the snapshot is lost");
    expect(refusalOf(gone("stopped", "disk"))).toMatch(/know nothing of that snapshot/);
  });
});
