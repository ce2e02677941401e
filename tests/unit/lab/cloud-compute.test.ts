import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const compute = join(import.meta.dirname, "../../../lab/cloud/compute");

test("the virt driver's own tests pass", async () => {
  const tests = ["-B", "-m", "unittest", "discover", "-t", ".", "-s", "tests"];
  const { stderr } = await promisify(execFile)("python3", tests, { cwd: compute });
  expect(stderr).toMatch(/^Ran [1-9]\d* tests/m);
  expect(stderr).toMatch(/^OK$/m);
});
