import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { buildOnce } from "./build-once.ts";
import { cacheDirectory, exists } from "./cache.ts";
import { copyGoModule } from "./go-module-copy.ts";
import { type GoModuleName, goModules } from "./go-modules.ts";
import { type OperatingSystem, ownSystem } from "./own-system.ts";
import { type Progress, progressOf } from "./progress.ts";
import { isInstalled, run } from "./subprocess.ts";

export type Architecture = "amd64" | "arm64";

/** Go's name of this computer's processor architecture. */
export function ownArchitecture(): Architecture {
  if (process.arch === "x64") return "amd64";
  if (process.arch === "arm64") return "arm64";
  throw new RunError(
    `This computer's architecture, ${process.arch}, is none of those that grappe knows. Fix: run it on x64 or arm64.`,
  );
}

/** Reads (pure) the version that a go.mod requires of a module, with its leading `v`. */
export function requiredVersion(goMod: string, module: string): string {
  const line = goMod.split("\n").find((candidate) =>
    candidate
      .replace(/^require\b/, "")
      .trim()
      .startsWith(`${module} v`),
  );
  const version = line?.match(/ (v\S+)/)?.[1];
  assert(version !== undefined, `go.mod does not require ${module}`);
  return version;
}

/** Renders (pure) the linker flags that stamp a version, such as `v1.36.3`, into a module's programs. */
export function linkerFlags(name: GoModuleName, version: string): string {
  const [major = "", minor = ""] = version.replace(/^v/, "").split(".");
  const stamps = Object.entries(goModules[name].stamps({ text: version, major, minor }));
  return ["-s", "-w", ...stamps.map(([variable, value]) => `-X ${variable}=${value}`)].join(" ");
}

function versionOf(name: GoModuleName, goMod: string): string {
  const source = goModules[name].versionOf;
  return typeof source === "string" ? requiredVersion(goMod, source) : source.fixed;
}

const folderOf = (name: GoModuleName): string => goModules[name].folder ?? join(import.meta.dirname, name);

/** The version, with its leading `v`, that a module's go.mod pins. */
export async function goModuleVersion(name: GoModuleName): Promise<string> {
  return versionOf(name, await readFile(join(folderOf(name), "go.mod"), "utf8"));
}

/** What a module's programs are built from, as `module@version`; of our own code its folder. */
export async function builtFrom(name: GoModuleName): Promise<string> {
  const source = goModules[name].versionOf;
  return typeof source === "string" ? `${source}@${await goModuleVersion(name)}` : `lab/toolchain/${name}`;
}

async function goVersion(): Promise<string> {
  if (!(await isInstalled("go"))) {
    throw new RunError(
      "Go is not on PATH. Install Go 1.26 or newer (https://go.dev/doc/install) to build programs from source.",
    );
  }
  return (await run(["go", "env", "GOVERSION"])).stdout.trim();
}

/**
 * The folder, in Go's cache, of a module that one of ours requires, verified by go.sum: some hold charts and resource definitions
 * beside their code.
 */
export async function requiredModuleFolder(name: GoModuleName, required: string): Promise<string> {
  const options = { cwd: folderOf(name) };
  await run(["go", "mod", "download", required], options);
  return (await run(["go", "list", "-m", "-f", "{{.Dir}}", required], options)).stdout.trim();
}

interface Build {
  readonly version: string;
  readonly flags: string;
  /** Where the cache keeps the finished programs. */
  readonly folder: string;
}

/** What programs are built for, as the cache names it: hosts run Linux, and so an architecture alone means that. */
const targetOf = (system: OperatingSystem, architecture: Architecture) =>
  system === "linux" ? architecture : `${system}-${architecture}`;

/** The cache's key is everything that decides the programs: sources, flags, Go's version, the target. */
async function planBuild(name: GoModuleName, target: string): Promise<Build> {
  const entries = await readdir(folderOf(name), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map((path) => relative(folderOf(name), path)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folderOf(name), file), "utf8")));
  const version = await goModuleVersion(name);
  const flags = linkerFlags(name, version);
  const { partly } = goModules[name];
  const inputs = JSON.stringify([files, texts, await goVersion(), flags, target, ...(partly ? [partly] : [])]);
  const key = createHash("sha256").update(inputs).digest("hex").slice(0, 16);
  return { version, flags, folder: join(await cacheDirectory("go", name), `${version}-${target}-${key}`) };
}

/** The folder of a module's programs for this computer where the cache holds them already. */
export async function builtGoModule(name: GoModuleName): Promise<string | undefined> {
  if (!(await isInstalled("go"))) return undefined;
  const { folder } = await planBuild(name, targetOf(ownSystem(), ownArchitecture()));
  return (await exists(folder)) ? folder : undefined;
}

/**
 * Builds the programs of a Go module (all of its `tool` dependencies) without cgo and returns the folder that holds them. A
 * second call takes no time.
 */
export async function buildGoModule(
  name: GoModuleName,
  options: {
    /** Default: this computer's. */
    readonly architecture?: Architecture;
    /** Default: Linux, as hosts run it. */
    readonly system?: OperatingSystem;
    readonly progress?: Progress;
  } = {},
): Promise<string> {
  const architecture = options.architecture ?? ownArchitecture();
  const system = options.system ?? "linux";
  const { version, flags, folder: path } = await planBuild(name, targetOf(system, architecture));
  const label = `${name} ${version} for ${architecture}`;
  const environment = { CGO_ENABLED: "0", GOOS: system, GOARCH: architecture };
  const progress = options.progress ?? progressOf("toolchain");
  const { packages = "tool" } = goModules[name];
  const build = async (output: string, scratch: string): Promise<void> => {
    const copy = join(scratch, "source");
    await mkdir(copy);
    const copying = copyGoModule(goModules[name], folderOf(name), copy);
    const folder = (await progress.during(() => `${label}: fetching modules`, copying)) ? copy : folderOf(name);
    await mkdir(output);
    await compile({ folder, output, packages, flags, environment, label }, progress);
  };
  return await buildOnce({ path, label, build }, progress);
}

interface Compilation {
  readonly folder: string;
  readonly output: string;
  readonly packages: string;
  readonly flags: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly label: string;
}

async function compile(job: Compilation, progress: Progress): Promise<void> {
  const options = { cwd: job.folder, env: job.environment };
  const list = run(["go", "list", "-deps", "-f", "{{.ImportPath}}", job.packages], options);
  const total = (await progress.during(() => `${job.label}: fetching modules`, list)).stdout.split("\n").length;
  let compiled = 0;
  const onErrorLine = (): void => {
    compiled += 1;
  };
  await progress.during(
    () => `${job.label}: compiling, ${compiled} of at most ${total} packages`,
    run(["go", "build", "-v", "-trimpath", `-ldflags=${job.flags}`, "-o", `${job.output}/`, job.packages], {
      ...options,
      onErrorLine,
    }),
  );
  progress.step(`${job.label}: built`);
}
