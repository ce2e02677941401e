import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const report = new URL("../../../components/cluster/lib/report.sh", import.meta.url).pathname;

/** Every `sleep` lets ten seconds go by. */
function run(script: string) {
  const folder = mkdtempSync(join(tmpdir(), "grappe-report-"));
  const time = `. ${report}\nsleep() { SECONDS=$((SECONDS + 10)); }\n${script}`;
  const ended = spawnSync("bash", ["--norc", "-c", time], { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return ended;
}

test("a wait says after 20 s what it waits for and why it isn't so, and goes on saying it", () => {
  const ended = run(`
tries=0
ready() { tries=$((tries + 1)); answer="try $tries"; ((tries == 5)); }
until_success 180 'node-1 to be Ready' ready; echo "done: $answer"`);
  expect(ended.stderr).toBe("waiting for node-1 to be Ready: try 3\nwaiting for node-1 to be Ready: try 4\n");
  expect(ended.stdout).toBe("done: try 5\n");
  expect(ended.status).toBe(0);
});

test("a short wait says nothing, and one that fails leaves the last answer", () => {
  expect(run("until_success 5 x true").stderr).toBe("");
  const ended = run(`never() { answer='not yet'; false; }; until_success 15 x never || fail "gave up: $answer"`);
  expect(ended.status).toBe(1);
  expect(ended.stderr).toMatch(/: gave up: not yet\n$/);
});
