import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, test, vi } from "vitest";
import { needsLanguageHost, runPulumi, stackOf } from "../../../operations/run-pulumi.ts";
import { goModuleVersion } from "../../../runtime/toolchain/go-module.ts";
import { rememberUnreached } from "../../../runtime/toolchain/reachable.ts";
import { pulumiModule } from "../../../runtime/toolchain/tools.ts";

test.each([
  ["up --yes", true],
  ["--stack pi up", true],
  ["-C shop --color never preview", true],
  ["--stack=pi pre", true],
  ["destroy --run-program -s pi", true],
  ["import --file x.json", true],
  ["destroy -s pi", false],
  ["stack output kubeconfig -s up", false],
  ["-s up stack ls", false],
  ["up --help", false],
  ["", false],
])("pulumi %s needs a language host: %s", (text, needs) => {
  expect(needsLanguageHost(text.split(" ").filter((word) => word !== ""))).toBe(needs);
});

test.each([
  [["up", "--stack", "pi"], "pi"],
  [["up", "-s", "pi"], "pi"],
  [["--stack=pi", "up"], "pi"],
  [["stack", "ls"], undefined],
])("%j names the stack %s", (parameters, stack) => {
  expect(stackOf(parameters)).toBe(stack);
});

describe("with a CLI that was built from source", () => {
  let scratch: string | undefined;
  afterEach(() => {
    vi.unstubAllEnvs();
    if (scratch !== undefined) rmSync(scratch, { recursive: true });
  });

  it("what runs the program is refused before anything is done, with what to do instead", async () => {
    scratch = mkdtempSync(join(tmpdir(), "grappe-pulumi-"));
    const program = join(scratch, "pulumi");
    const ran = join(scratch, "ran");
    writeFileSync(
      program,
      `#!/bin/sh\n[ "$1" = version ] && echo ${await goModuleVersion(pulumiModule)} || echo "$@" > ${ran}\n`,
    );
    chmodSync(program, 0o755);
    vi.stubEnv("XDG_CACHE_HOME", join(scratch, "cache"));
    vi.stubEnv("PATH", `${scratch}:/usr/bin:/bin`);
    await rememberUnreached("https://get.pulumi.com");
    await expect(runPulumi(["up", "-s", "pi"])).rejects.toThrow(/no language host.* Fix: \.\/grappe up pi, which/);
    await expect(runPulumi(["import"])).rejects.toThrow(/no language host.* Fix: put the official CLI/);
    expect(await runPulumi(["stack", "ls"])).toBe(0);
  });
});
