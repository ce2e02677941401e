import { execFileSync, spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { frameAnswer, readAnswer, unframed } from "../../../components/host/answer.ts";
import { hostFactsAnswer, hostFactsForm } from "../../../components/host/preflight/host-facts.ts";
import { type StepRun, sentCommand } from "../../../components/host/step-command.ts";

const script = (body: string) => ({ kind: "demo", text: `#!/usr/bin/env bash\n# grappe-step: demo\n${body}\n` });
const short: StepRun = { name: "pi-1-demo", deadlineSeconds: 20, detached: false };
const isRoot = process.getuid?.() === 0;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "grappe-environment-"));
  // A real German locale, wherever its source is installed; without it the names alone are foreign.
  spawnSync("localedef", ["-i", "de_DE", "-f", "UTF-8", join(folder, "de_DE.UTF-8")]);
  // Bash reads .bashrc whenever its stdin is a socket, as sshd's may be.
  writeFileSync(join(folder, ".bashrc"), "echo Willkommen auf pi-1; alias sort=false\n");
  writeFileSync(join(folder, "profile"), "echo Willkommen auf pi-1; awk() { echo 0,00; }; shopt -s expand_aliases\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a machine in Germany with an odd profile does to whatever runs there. */
const hostile = () => ({
  HOME: folder,
  LANG: "de_DE.UTF-8",
  LC_ALL: "de_DE.UTF-8",
  LC_NUMERIC: "de_DE.UTF-8",
  LOCPATH: folder,
  BASH_ENV: join(folder, "profile"),
  ENV: join(folder, "profile"),
  "BASH_FUNC_sort%%": "() { echo sorted by nobody; }",
  POSIXLY_CORRECT: "1",
  GREP_OPTIONS: "--invert-match",
  DATEMSK: "/nowhere",
  TIMEFORMAT: "%0",
  CDPATH: "/tmp",
  PATH: "/nowhere:/usr/bin:/bin",
});

function onGermanHost(body: string, run: StepRun = short, noise = "") {
  return spawnSync("/bin/bash", ["-c", `umask 077; ${noise}${sentCommand(script(body), run)}`], {
    input: "",
    encoding: "utf8",
    env: hostile(),
  });
}

describe.runIf(isRoot)("a step on a machine with LANG=de_DE.UTF-8", () => {
  test("sees the declared environment and nothing else", () => {
    const result = onGermanHost("cat > /dev/null; env | sort; umask; pwd; alias; declare -F");
    expect(result.stderr).toBe("");
    const lines = result.stdout
      .trim()
      .split("\n")
      .filter((line) => !/^(Willkommen|_=|SHLVL=|PWD=|OLDPWD=)/.test(line));
    expect(lines).toEqual([
      "DEBIAN_FRONTEND=noninteractive",
      "HOME=/root",
      "LC_ALL=C.UTF-8",
      "LOGNAME=root",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "SHELL=/bin/bash",
      "SUDO_USER=root",
      "USER=root",
      "0022",
      "/",
    ]);
  });

  test("writes numbers with a point, whatever awk it has", () => {
    const result = onGermanHost(`awk 'BEGIN { printf "%.2f %s\\n", 0.5, ("0.5" + 0 == 0.5) }'; printf '%.2f\\n' 0.5`);
    expect(result.stdout.split("\n").slice(-3)).toEqual(["0.50 1", "0.50", ""]);
  });

  test("measures the disk and refuses a slow one at its limit", () => {
    const checks = readFileSync(new URL("../../../components/host/preflight/disk-checks.sh", import.meta.url), "utf8");
    const body = `role=server maxFdatasyncMilliseconds=0.0001 allowSlowDisk=no imageArchives=
finding() { echo "finding: $1"; }
${checks}
measure_fdatasync
echo "measured $fdatasync_milliseconds"`;
    const { stdout } = onGermanHost(body);
    expect(stdout).toMatch(/finding: a safe write under \/var\/lib\S* takes [\d.]+ ms \(p99\); 0\.0001 ms are allowed/);
    expect(stdout).toMatch(/measured \d+\.\d\d$/m);
  });

  test("says so where nothing can be measured, instead of passing", () => {
    const checks = readFileSync(new URL("../../../components/host/preflight/disk-checks.sh", import.meta.url), "utf8");
    const body = `role=server maxFdatasyncMilliseconds=10 allowSlowDisk=no imageArchives=
finding() { echo "finding: $1"; }
${checks}
time_writes() { echo 0,00; }
measure_fdatasync`;
    expect(onGermanHost(body).stdout).toContain("can't be measured (dd and awk said «0,00»)");
  });
});

describe.runIf(isRoot)("what a step answers", () => {
  const answering: StepRun = { ...short, answer: { pattern: /^(ready|[0-9]+\.[0-9]+)$/ } };

  test("is told apart from what a login prints", () => {
    const result = onGermanHost("cat > /dev/null; echo ready", answering, "echo Willkommen; echo ready?; ");
    expect(result.stdout).toMatch(/^Willkommen auf pi-1\nWillkommen\nready\?\n/);
    expect(unframed(result.stdout)).toBe("ready");
  });

  test("fails the step where nobody expects it, with the machine, the step and what came", () => {
    const result = onGermanHost("echo 0,00", answering);
    expect(result.status).toBe(65);
    expect(result.stderr).toMatch(/: the step pi-1-demo answered «0,00» instead of/);
    expect(result.stdout).not.toContain("--- answer");
  });

  test("isn't shown where it may be secret", () => {
    const result = onGermanHost("echo canary", { ...short, answer: { pattern: /^apiVersion/, secret: true } });
    expect(result.status).toBe(65);
    expect(result.stderr).toContain("6 characters, which may be secret");
    expect(result.stdout + result.stderr).not.toContain("canary");
  });

  test("keeps the exit code and the words of a step that fails", () => {
    const result = onGermanHost("echo half; echo why >&2; exit 3", answering);
    expect(result).toMatchObject({ status: 3, stdout: "Willkommen auf pi-1\nhalf\n", stderr: "why\n" });
  });

  test("ends at the deadline", () => {
    const result = onGermanHost("sleep 30", { ...answering, deadlineSeconds: 1 });
    expect(result.status).toBe(124);
    expect(result.stderr).toContain("stopped after its deadline");
  });
});

describe("an answer read", () => {
  const at = { host: "pi-1", step: "pi-1-demo" };

  test("is the last frame's, or the whole output of a step from before frames", () => {
    expect(unframed(`noise\n${frameAnswer("old")}\nmore\n${frameAnswer("two\nlines")}\n`)).toBe("two\nlines");
    expect(unframed("ready\n")).toBe("ready");
  });

  test("names host and step and shows what came", () => {
    expect(() => readAnswer(at, frameAnswer("fertig"), z.literal("ready"))).toThrow(
      /^pi-1: the step pi-1-demo gave an answer that can't be read \(.*\): «fertig»\. Fix: /,
    );
    expect(() => readAnswer(at, "canary", z.literal("ready"), true)).toThrow(/6 characters, which may be secret/);
    expect(() => readAnswer(at, '{"a":0,00}', hostFactsAnswer)).toThrow(/it is no JSON/);
  });
});

describe("the form of preflight's facts", () => {
  const facts = `{"hostname":"pi-1","pageSize":4096,"fdatasyncMilliseconds":0.97,"raspberryPi":true,"warnings":["a \\"b\\"","c"]}`;
  const inBash = (text: string) => {
    const check = `[[ $1 =~ $2 ]] && echo yes || echo no`;
    return execFileSync("bash", ["-c", check, "-", text, hostFactsForm.pattern.source], { encoding: "utf8" }).trim();
  };

  test.each([
    [facts, "yes"],
    [facts.replace("0.97", "0,97"), "no"],
    [facts.replace("0.97", ""), "no"],
    [facts.replace("pi-1", ""), "yes"],
    [`Willkommen\n${facts}`, "no"],
    [`${facts}\nfertig`, "no"],
    ["", "no"],
  ])("%s: %s, for bash as for JavaScript", (text, expected) => {
    expect(inBash(text)).toBe(expected);
    expect(hostFactsForm.pattern.test(text) ? "yes" : "no").toBe(expected);
  });
});

describe("what steps leave to systemd", () => {
  const root = join(import.meta.dirname, "..", "..", "..");
  const texts = (pattern: string) =>
    globSync(pattern, { cwd: root }).map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

  test("runs in the declared environment, as units get the system's locale", () => {
    const starts = texts("components/**/*.sh").flatMap(({ file, text }) =>
      [...text.matchAll(/systemd-run (?:[^\n]|(?<=\\)\n)*/g)].map(([start]) => ({ file, start })),
    );
    const ofBash = starts.filter(({ start }) => /\bbash\b/.test(start));
    expect(ofBash.length).toBeGreaterThanOrEqual(2);
    for (const { file, start } of ofBash)
      expect(`${file}: ${start}`).toMatch(/UMask=0022[\s\S]*env -i PATH="\$PATH" LC_ALL=C\.UTF-8[\s\S]*bash --norc/);
  });

  test("and so does every unit of ours that runs a script", () => {
    const services = texts("components/**/*.ts").flatMap(({ file, text }) =>
      [...text.matchAll(/\[Service\]\n[\s\S]*?\n`/g)].map(([service]) => ({ file, service })),
    );
    const ofScripts = services.filter(({ service }) => /^ExecStart=\/usr\/local\/lib\/grappe\//m.test(service));
    expect(ofScripts.length).toBeGreaterThanOrEqual(5);
    for (const { file, service } of ofScripts)
      expect(`${file}: ${service}`).toContain("\nEnvironment=LC_ALL=C.UTF-8\n");
  });
});
