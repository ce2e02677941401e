import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const checks = readFileSync(new URL("../../../components/host/preflight/disk-checks.sh", import.meta.url), "utf8");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "grappe-space-"));
  writeFileSync(join(folder, "there.tar"), "x".repeat(1024));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the check finds on a machine with so much room, for these archives. */
function found(freeMebibytes: number, archives: readonly string[], standing = false): string {
  // A host that stands is told by a file.
  const script = checks.replaceAll("/var/lib/grappe/host", join(folder, standing ? "there.tar" : "missing"));
  const body = `role=agent maxFdatasyncMilliseconds=10 allowSlowDisk=no imageArchives=$'${archives.join("\\n")}'
finding() { echo "$1; $2"; }
df() { printf 'Filesystem\\nx x x ${freeMebibytes} x x\\n'; }
${script}
check_disk_space`;
  const ended = spawnSync("bash", ["--norc", "-c", body], { encoding: "utf8" });
  expect(ended.stderr).toBe("");
  return ended.stdout.trim();
}

const absent = (mebibytes: number) => `${mebibytes * 1024 * 1024} ${join(folder, "absent.tar")}`;

test("a new host needs room for the system and for its images, and is told how much for which", () => {
  expect(found(4000, [])).toBe("");
  expect(found(3900, [])).toBe(
    "has 3900 MiB free under /var/lib; 4000 MiB are needed: 1500 for images, 2500 for the system and etcd",
  );
  expect(found(8500, [absent(1000)])).toBe("");
  expect(found(8499, [absent(1000)])).toContain("8500 MiB are needed: 6000 for the bundle's images");
});

test("a host that stands needs room for what a newer bundle brings, not for what it has", () => {
  const there = `1024 ${join(folder, "there.tar")}`;
  expect(found(500, [there], true)).toBe("");
  expect(found(500, [], true)).toBe("");
  expect(found(700, [there, absent(100)], true)).toContain("1100 MiB are needed: 600 for the bundle's images");
});
