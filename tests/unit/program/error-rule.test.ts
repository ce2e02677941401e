import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BundleError } from "../../../components/host/bundle.ts";
import { run } from "../../../runtime/subprocess.ts";

const root = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "grappe-error-rule-"));
afterAll(() => rmSync(folder, { recursive: true }));

const bare = 'throw new Error("no");\n';
const files: Readonly<Record<string, string>> = {
  "components/host/bare.ts": bare,
  "components/host/range.ts": 'export const error = new RangeError("no");\n',
  "components/host/subclass.ts": 'export class No extends Error {\n  override readonly name = "No";\n}\n',
  "components/host/run.ts":
    'import { RunError } from "@pulumi/pulumi/errors.js";\n\nthrow new RunError("no. Fix: yes");\n',
  "components/host/fault.ts": 'import assert from "node:assert/strict";\n\nassert.fail("no");\n',
  "operations/new/bare.ts": bare,
  "lab/hardware/bare.ts": bare,
  "command-line/bare.ts": bare,
  "runtime/bare.ts": bare,
  "runtime/providers/bare.ts": bare,
  "rehearsal/bare.ts": bare,
  "components/apps/some/service/bare.ts": bare,
  "runtime/providers/some/bare.ts": bare,
  "components/host/run-over-ssh/bare.ts": bare,
};

/** The repository's own rules, in a folder of ours: nothing wrong is ever written into the repository. */
function lint(): readonly string[] {
  const { vcs, ...rules } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  writeFileSync(join(folder, "biome.json"), JSON.stringify(rules));
  cpSync(join(root, ".biome"), join(folder, ".biome"), { recursive: true });
  const { stdout } = spawnSync(join(root, "node_modules/.bin/biome"), ["lint", "--reporter=json", "."], {
    cwd: folder,
    encoding: "utf8",
  });
  const { diagnostics }: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout);
  return diagnostics.filter(({ category }) => category === "plugin").map(({ location }) => location.path);
}

describe("the rule about errors", () => {
  let refused: readonly string[] = [];

  beforeAll(() => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    refused = lint();
  });

  it("refuses an error that doesn't say whose it is, also a class of its own", () => {
    for (const name of ["bare", "range", "subclass"]) expect(refused).toContain(`components/host/${name}.ts`);
    for (const room of [
      "operations/new",
      "lab/hardware",
      "command-line",
      "runtime",
      "runtime/providers",
      "rehearsal",
    ]) {
      expect(refused).toContain(`${room}/bare.ts`);
    }
  });

  it("takes a RunError, an assertion, and what programs of their own and providers throw", () => {
    expect(refused).toHaveLength(9);
  });

  it("makes a bundle that can't be used a user's error, not a fault of ours", () => {
    expect(new BundleError("/bundle", ["missing: chart"], "Make it: ./grappe bundle")).toBeInstanceOf(RunError);
  });

  it("makes a program that isn't there a user's error, with the fix", async () => {
    await expect(run(["no-such-program"])).rejects.toThrow("no-such-program: it isn't on PATH. Fix: install it.");
    await expect(run(["no-such-program"])).rejects.toBeInstanceOf(RunError);
  });
});
