import { glob } from "node:fs/promises";
import { RunError } from "@pulumi/pulumi/errors.js";
import { run } from "../runtime/subprocess.ts";
import { ensurePrograms } from "../runtime/toolchain/debian-packages.ts";

/** What is no part of the repository. */
const unversioned = ["node_modules", ".git", ".grappe", ".cache"];

/** Runs shellcheck, down to matters of style, over every shell script of the repository. */
async function main(): Promise<void> {
  const isOurs = (path: string): boolean => !unversioned.includes(path.split("/")[0] ?? "");
  const scripts: string[] = [];
  for await (const path of glob("**/*.sh", { exclude: (candidate) => !isOurs(candidate) })) scripts.push(path);
  if (scripts.length === 0) throw new RunError("No shell script was found: run this in the folder of grappe.");
  await ensurePrograms([{ program: "shellcheck", debianPackage: "shellcheck" }]);
  const { code, stdout: findings } = await run(
    ["shellcheck", "--severity=style", "--external-sources", "--source-path=SCRIPTDIR", ...scripts.toSorted()],
    { allowedCodes: [0, 1] },
  );
  process.stdout.write(findings);
  process.stdout.write(`shellcheck: ${scripts.length} scripts, ${code === 0 ? "no findings" : "findings above"}\n`);
  process.exitCode = code;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`shellcheck: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
