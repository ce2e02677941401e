import { ensurePrograms } from "./debian-packages.ts";
import { run } from "./subprocess.ts";

/** Runs shellcheck, down to matters of style, over every shell script of the repository that git does not ignore. */
async function main(): Promise<void> {
  const { stdout } = await run([
    "git",
    "ls-files",
    "--cached",
    "--others",
    "--exclude-standard",
    "--deduplicate",
    "*.sh",
  ]);
  const scripts = stdout.split("\n").filter((path) => path !== "");
  if (scripts.length === 0) throw new Error("No shell script was found: is this a git work tree?");
  await ensurePrograms([{ program: "shellcheck", debianPackage: "shellcheck" }]);
  const { code, stdout: findings } = await run(
    ["shellcheck", "--severity=style", "--external-sources", "--source-path=SCRIPTDIR", ...scripts],
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
