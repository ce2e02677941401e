import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { RunError } from "@pulumi/pulumi/errors.js";
import { exists } from "../cache.ts";
import { type Progress, progressOf } from "../progress.ts";
import { isInstalled, run, SubprocessError } from "../subprocess.ts";
import { withLock } from "./lock.ts";

/** A program, or another file, that is needed, and the Debian and Ubuntu package that brings it. */
export interface PackagedProgram {
  readonly program: string;
  readonly debianPackage: string;
  /** Folders that it may stand in besides those of PATH. */
  readonly folders?: readonly string[];
}

/** What a missing program means on this computer: it can be installed here, or the user is told how. */
export type Installation =
  | { readonly by: "apt"; readonly packages: readonly string[] }
  | { readonly by: "user"; readonly message: string };

/** Decides (pure) how missing programs are brought: by apt as root on Debian and its kin, else by the user. */
export function planInstallation(
  missing: readonly PackagedProgram[],
  computer: { readonly osRelease: string; readonly isRoot: boolean },
): Installation {
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))];
  const kin = [...computer.osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap(([, ids]) =>
    (ids ?? "").split(" "),
  );
  const isDebian = kin.includes("debian") || kin.includes("ubuntu");
  if (isDebian && computer.isRoot) return { by: "apt", packages };
  const names = missing.map(({ program }) => program).join(", ");
  const fix = isDebian
    ? `Run: sudo apt-get install --yes --no-install-recommends ${packages.join(" ")}`
    : `Install them with this system's package manager (their packages in Debian are: ${packages.join(" ")}).`;
  return { by: "user", message: `Not installed on this computer: ${names}. ${fix}` };
}

async function isThere({ program, folders = [] }: PackagedProgram): Promise<boolean> {
  const found = await Promise.all([isInstalled(program), ...folders.map((folder) => exists(join(folder, program)))]);
  return found.includes(true);
}

/** Other programs that install packages, such as unattended upgrades after a start, are waited for. */
const patient = "--option=DPkg::Lock::Timeout=600";

async function missingOf(programs: readonly PackagedProgram[]): Promise<PackagedProgram[]> {
  const found = await Promise.all(programs.map(isThere));
  return programs.filter((_, index) => !found[index]);
}

const apt = { env: { DEBIAN_FRONTEND: "noninteractive" } };

/** The lists have a lock that apt itself doesn't wait for, as it does for that of the installed packages. */
async function readLists(attempts = 60): Promise<void> {
  try {
    await run(["apt-get", "update", "--quiet"], apt);
  } catch (error) {
    const isLocked = error instanceof SubprocessError && error.stderr.includes("Could not get lock");
    if (!isLocked || attempts <= 1) throw error;
    await delay(5_000);
    await readLists(attempts - 1);
  }
}

async function install(packages: readonly string[], progress: Progress): Promise<void> {
  await progress.during(() => "reading the lists of packages", readLists());
  await progress.during(
    () => `installing ${packages.join(", ")}`,
    run(["apt-get", "install", "--yes", patient, "--no-install-recommends", ...packages], apt),
  );
}

/**
 * Makes sure that programs stand on PATH, or in folders of their own: installs their packages where this process is root on
 * Debian or Ubuntu, saying so; else throws one error with the command to run.
 */
export async function ensurePrograms(programs: readonly PackagedProgram[]): Promise<void> {
  const missing = await missingOf(programs);
  if (missing.length === 0) return;
  const osRelease = await readFile("/etc/os-release", "utf8").catch(() => "");
  const plan = planInstallation(missing, { osRelease, isRoot: process.getuid?.() === 0 });
  if (plan.by === "user") throw new RunError(plan.message);
  const progress = progressOf("packages");
  const installMissing = async (): Promise<void> => {
    if ((await missingOf(missing)).length > 0) await install(plan.packages, progress);
  };
  await withLock("packages", installMissing, () => progress.step("another run installs some; waiting for that"));
}
