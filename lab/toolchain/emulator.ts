import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { cacheDirectory } from "../../runtime/cache.ts";
import type { Progress } from "../../runtime/progress.ts";
import { run } from "../../runtime/subprocess.ts";
import { buildOnce } from "../../runtime/toolchain/build-once.ts";
import { debianRootFilesystem } from "./debian-root-filesystem.ts";

/** The first release whose emulator is one file, so that it runs inside another root file system. */
const suite = "trixie";
const packages = ["qemu-user"];
const program = "./usr/bin/qemu-aarch64";
const registration = "./usr/share/qemu/binfmt.d/qemu-aarch64.conf";

/** The package's line of binfmt_misc (pure) for an emulator that lies elsewhere, and is opened once and for all (F). */
export function binfmtLine(registered: string, emulator: string): string {
  const line = registered.trim().match(/^(:.*):[^:]+:([A-Z]*)$/);
  if (line === null) throw new RunError(`qemu-user of Debian ${suite} has another form of registration: ${registered}`);
  const [, start = "", flags = ""] = line;
  return `${start}:${emulator}:${flags.includes("F") ? flags : `${flags}F`}`;
}

/**
 * What a command begins with so that it can run programs of arm64 (`emulated.sh`): QEMU's emulator of programs, out of Debian's package,
 * which isn't installed on this computer.
 */
export async function emulating(progress: Progress): Promise<readonly [string, ...string[]]> {
  const recipe = createHash("sha256")
    .update(JSON.stringify([suite, process.arch, packages]))
    .digest("hex");
  const path = join(await cacheDirectory("emulator"), recipe.slice(0, 16));
  const build = async (result: string): Promise<void> => {
    const archive = await debianRootFilesystem({ suite, variant: "extract", packages, recipe }, progress);
    await run(["mkdir", result]);
    await run(["tar", "--extract", "--file", archive, "--directory", result, program, registration]);
  };
  const folder = await buildOnce({ path, label: "QEMU's emulator of arm64 programs", build }, progress);
  const line = binfmtLine(await readFile(join(folder, registration), "utf8"), join(folder, program));
  // It computes for minutes: what else runs on the computer goes first.
  return ["nice", "-n", "19", join(import.meta.dirname, "emulated.sh"), line];
}
