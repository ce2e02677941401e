import { createHash } from "node:crypto";
import { mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "./cache.ts";
import { type Progress, progressOf } from "./progress.ts";
import { isInstalled, run } from "./subprocess.ts";

/** Name of a folder beside this file: a Go module whose `tool` dependencies are programs, pinned by its go.mod and go.sum. */
export type GoModuleName = "cni" | "coredns" | "etcd" | "helm" | "kubernetes" | "pulumi";

interface GoModule {
  /** The module among its requirements whose version is the programs' version. */
  readonly versionOf: string;
  /** Linker variables that tell the programs which version they are. */
  readonly stamps: (version: SemanticVersion) => Readonly<Record<string, string>>;
}

/** A version as go.mod has it (`text`, `v1.36.3`) and its parts. */
interface SemanticVersion {
  readonly text: string;
  readonly major: string;
  readonly minor: string;
}

/** What distinguishes the modules; everything else about them stands in their go.mod. */
const modules: Readonly<Record<GoModuleName, GoModule>> = {
  cni: {
    versionOf: "github.com/containernetworking/plugins",
    stamps: ({ text }) => ({ "github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion": text }),
  },
  coredns: { versionOf: "github.com/coredns/coredns", stamps: () => ({}) },
  etcd: { versionOf: "go.etcd.io/etcd/v3", stamps: () => ({}) },
  helm: {
    versionOf: "helm.sh/helm/v3",
    stamps: ({ text }) => ({ "helm.sh/helm/v3/internal/version.version": text }),
  },
  kubernetes: {
    versionOf: "k8s.io/kubernetes",
    stamps: ({ text, major, minor }) => ({
      "k8s.io/component-base/version.gitVersion": text,
      "k8s.io/component-base/version.gitMajor": major,
      "k8s.io/component-base/version.gitMinor": minor,
      "k8s.io/component-base/version.gitTreeState": "clean",
    }),
  },
  pulumi: {
    versionOf: "github.com/pulumi/pulumi/pkg/v3",
    stamps: ({ text }) => ({ "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": text }),
  },
};

export type Architecture = "amd64" | "arm64";

/** Go's name of this computer's processor architecture. */
export function ownArchitecture(): Architecture {
  if (process.arch === "x64") return "amd64";
  if (process.arch === "arm64") return "arm64";
  throw new Error(`This computer's architecture, ${process.arch}, is none of those that grappe knows: x64 and arm64.`);
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
  if (version === undefined) throw new Error(`go.mod does not require ${module}`);
  return version;
}

/** Renders (pure) the linker flags that stamp a version, such as `v1.36.3`, into a module's programs. */
export function linkerFlags(name: GoModuleName, version: string): string {
  const [major = "", minor = ""] = version.replace(/^v/, "").split(".");
  const stamps = Object.entries(modules[name].stamps({ text: version, major, minor }));
  return ["-s", "-w", ...stamps.map(([variable, value]) => `-X ${variable}=${value}`)].join(" ");
}

const folderOf = (name: GoModuleName): string => join(import.meta.dirname, name);

/** The version, with its leading `v`, that a module's go.mod pins. */
export async function goModuleVersion(name: GoModuleName): Promise<string> {
  return requiredVersion(await readFile(join(folderOf(name), "go.mod"), "utf8"), modules[name].versionOf);
}

async function goVersion(): Promise<string> {
  if (!(await isInstalled("go"))) {
    throw new Error(
      "Go is not on PATH. Install Go 1.26 or newer (https://go.dev/doc/install) to build programs from source.",
    );
  }
  return (await run(["go", "env", "GOVERSION"])).stdout.trim();
}

/**
 * Builds the programs of a Go module (all of its `tool` dependencies) without cgo and returns the folder that holds them.
 * The cache's key is the pinned dependencies, the flags, Go's version and the architecture, so a second call takes no time.
 */
export async function buildGoModule(
  name: GoModuleName,
  options: { readonly architecture?: Architecture; readonly progress?: Progress } = {},
): Promise<string> {
  const architecture = options.architecture ?? ownArchitecture();
  const folder = folderOf(name);
  const [goMod, goSum, go] = await Promise.all([
    readFile(join(folder, "go.mod"), "utf8"),
    readFile(join(folder, "go.sum"), "utf8"),
    goVersion(),
  ]);
  const version = requiredVersion(goMod, modules[name].versionOf);
  const flags = linkerFlags(name, version);
  const key = createHash("sha256")
    .update(JSON.stringify([goMod, goSum, go, flags, architecture]))
    .digest("hex");
  const parent = await cacheDirectory("go", name);
  const built = join(parent, `${version}-${architecture}-${key.slice(0, 16)}`);
  if (
    await stat(built).then(
      () => true,
      () => false,
    )
  )
    return built;

  const partial = await mkdtemp(join(parent, ".partial-"));
  try {
    const label = `${name} ${version} for ${architecture}`;
    await compile({ folder, output: partial, flags, architecture, label }, options.progress ?? progressOf("toolchain"));
    await rename(partial, built).catch(async (error: unknown) => {
      // Another process may have finished the very same build meanwhile.
      if (
        !(await stat(built).then(
          () => true,
          () => false,
        ))
      )
        throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return built;
}

interface Compilation {
  readonly folder: string;
  readonly output: string;
  readonly flags: string;
  readonly architecture: Architecture;
  readonly label: string;
}

async function compile(job: Compilation, progress: Progress): Promise<void> {
  const env = { CGO_ENABLED: "0", GOOS: "linux", GOARCH: job.architecture };
  const options = { cwd: job.folder, env };
  await progress.during(() => `${job.label}: fetching modules`, run(["go", "mod", "download"], options));
  const { stdout } = await run(["go", "list", "-deps", "-f", "{{.ImportPath}}", "tool"], options);
  const total = stdout.split("\n").length;
  let compiled = 0;
  const onErrorLine = (): void => {
    compiled += 1;
  };
  const command = ["go", "build", "-v", "-trimpath", `-ldflags=${job.flags}`, "-o", `${job.output}/`, "tool"] as const;
  await progress.during(
    () => `${job.label}: compiling, ${compiled} of at most ${total} packages`,
    run(command, { ...options, onErrorLine }),
  );
  progress.step(`${job.label}: built`);
}
