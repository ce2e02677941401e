import { expect, test } from "vitest";
import { run, SubprocessError } from "../../../runtime/subprocess.ts";

test("a program's failure tells the command, its end and what it wrote last", async () => {
  await expect(run(["sh", "-c", "echo trouble >&2; exit 3"])).rejects.toThrow(/exit code 3\ntrouble/);
  await expect(run(["no-such-program"])).rejects.toBeInstanceOf(SubprocessError);
  expect((await run(["cat"], { input: "text" })).stdout).toBe("text");
  expect((await run(["sh", "-c", "exit 3"], { allowedCodes: [0, 3] })).code).toBe(3);
});
