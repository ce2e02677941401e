import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";

const compute = join(import.meta.dirname, "../../../lab/cloud/compute");

test("the virt driver's own tests pass", { timeout: 300_000 }, async () => {
  await ensurePrograms([{ program: "python3", debianPackage: "python3" }]);
  const tests = ["-B", "-m", "unittest", "discover", "-t", ".", "-s", "tests"];
  const { stderr } = await promisify(execFile)("python3", tests, { cwd: compute });
  expect(stderr).toMatch(/^Ran [1-9]\d* tests/m);
  expect(stderr).toMatch(/^OK$/m);
});
