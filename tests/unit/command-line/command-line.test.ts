import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..", "..");
const scratch = mkdtempSync(join(tmpdir(), "grappe-command-line-"));
afterAll(() => rmSync(scratch, { recursive: true }));

function grappe(parameters: readonly string[], program = join(root, "grappe"), path = process.env.PATH) {
  const env = { ...process.env, PATH: path };
  const { status, stdout, stderr } = spawnSync(program, parameters, { encoding: "utf8", cwd: scratch, env });
  return { status, stdout, stderr };
}

const verbs = () => {
  const { stdout } = grappe(["--help"]);
  return [...stdout.matchAll(/^ {2}\.\/grappe (\S+)/gm)].map(([, verb = ""]) => verb);
};

describe("./grappe", () => {
  it("has a page of help for every verb, from any folder and through a link", { timeout: 120_000 }, () => {
    const link = join(scratch, "linked");
    symlinkSync(join(root, "grappe"), link);
    expect(verbs()).toEqual(
      expect.arrayContaining([
        "check",
        "rehearse",
        "preview",
        "up",
        "refresh",
        "output",
        "recover",
        "restore",
        "destroy",
        "teardown",
      ]),
    );
    for (const verb of verbs().filter((each) => each !== "pulumi")) {
      const { status, stdout } = grappe([verb, "--help"], link);
      expect(stdout, verb).toContain(`./grappe ${verb}`);
      expect(status, verb).toBe(0);
    }
  });

  it("ends with 2 and one sentence where it isn't understood", () => {
    for (const wrong of [[], ["upp"], ["up"], ["up", "pi", "--nope"], ["lab", "--servers", "x"], ["output", "--key"]]) {
      const { status, stderr } = grappe(wrong);
      expect(status, wrong.join(" ")).toBe(2);
      expect(stderr, wrong.join(" ")).not.toMatch(/^\s+at /m);
      expect(stderr.trim().split("\n").length, wrong.join(" ")).toBeLessThan(3);
    }
  });

  it("says in a sentence that packages or Node are missing", () => {
    const bare = join(scratch, "grappe");
    copyFileSync(join(root, "grappe"), bare);
    expect(grappe([], bare)).toMatchObject({ status: 2, stderr: expect.stringMatching(/Fix: run npm ci in/) });
  });

  it("completes verbs, options, and stacks", () => {
    const completed = (...words: string[]) => {
      const { stdout } = grappe(["--get-yargs-completions", "./grappe", ...words]);
      return stdout.trim().split("\n");
    };
    expect(completed("re")).toEqual(expect.arrayContaining(["rehearse", "recover", "refresh", "restore"]));
    expect(completed("up", "")).toEqual(expect.arrayContaining(["pi", "dev", "lab", "cloud"]));
    expect(completed("up", "--")).toEqual(expect.arrayContaining(["--yes", "--json"]));
    expect(completed("restore", "")).toEqual(expect.arrayContaining(["pi", "lab"]));
    expect(completed("restore", "--")).toEqual(expect.arrayContaining(["--yes", "--snapshot", "--overwrite-living"]));
    expect(completed("up", "")).not.toContain("--yes");
  });

  it("checks the settings of every committed stack", () => {
    expect(grappe(["check"])).toMatchObject({ status: 0, stderr: "" });
    expect(grappe(["check", "nope"])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^nope: There is no .* Fix: /),
    });
  });
});
