import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { cacheDirectory, exists } from "../cache.ts";
import { type Progress, progressOf } from "../progress.ts";
import { isInstalled, run } from "../subprocess.ts";
import { buildOnce } from "./build-once.ts";
import { copyGoModule } from "./go-module-copy.ts";
import type { GoModule } from "./go-module-definition.ts";
import { type OperatingSystem, ownSystem } from "./own-system.ts";

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
export function linkerFlags({ stamps }: Pick<GoModule, "stamps">, version: string): string {
  const [major = "", minor = ""] = version.replace(/^v/, "").split(".");
  const stamped = Object.entries(stamps({ text: version, major, minor }));
  return ["-s", "-w", ...stamped.map(([variable, value]) => `-X ${variable}=${value}`)].join(" ");
}

/** The version, with its leading `v`, that a module's go.mod pins. */
export async function goModuleVersion({ versionOf, folder }: GoModule): Promise<string> {
  if (typeof versionOf !== "string") return versionOf.fixed;
  return requiredVersion(await readFile(join(folder, "go.mod"), "utf8"), versionOf);
}

const repository = join(import.meta.dirname, "..", "..");

/** What a module's programs are built from, as `module@version`; of our own code its folder. */
export async function builtFrom(module: GoModule): Promise<string> {
  const { versionOf, folder } = module;
  return typeof versionOf === "string" ? `${versionOf}@${await goModuleVersion(module)}` : relative(repository, folder);
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
export async function requiredModuleFolder({ folder: cwd }: GoModule, required: string): Promise<string> {
  const options = { cwd };
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
async function planBuild(module: GoModule, target: string): Promise<Build> {
  const { name, folder, partly } = module;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map((path) => relative(folder, path)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  const version = await goModuleVersion(module);
  const flags = linkerFlags(module, version);
  const inputs = JSON.stringify([files, texts, await goVersion(), flags, target, ...(partly ? [partly] : [])]);
  const key = createHash("sha256").update(inputs).digest("hex").slice(0, 16);
  return { version, flags, folder: join(await cacheDirectory("go", name), `${version}-${target}-${key}`) };
}

/** The folder of a module's programs for this computer where the cache holds them already. */
export async function builtGoModule(module: GoModule): Promise<string | undefined> {
  if (!(await isInstalled("go"))) return undefined;
  const { folder } = await planBuild(module, targetOf(ownSystem(), ownArchitecture()));
  return (await exists(folder)) ? folder : undefined;
}

/**
 * Builds the programs of a Go module (all of its `tool` dependencies) without cgo and returns the folder that holds them. A
 * second call takes no time.
 */
export async function buildGoModule(
  module: GoModule,
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
  const { version, flags, folder: path } = await planBuild(module, targetOf(system, architecture));
  const label = `${module.name} ${version} for ${architecture}`;
  const environment = { CGO_ENABLED: "0", GOOS: system, GOARCH: architecture };
  const progress = options.progress ?? progressOf("toolchain");
  const { packages = "tool" } = module;
  const build = async (output: string, scratch: string): Promise<void> => {
    const copy = join(scratch, "source");
    await mkdir(copy);
    const copying = copyGoModule(module, copy);
    const folder = (await progress.during(() => `${label}: fetching modules`, copying)) ? copy : module.folder;
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
