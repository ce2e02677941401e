import { stat } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { cacheDirectory } from "./cache.ts";
import { buildGoModule, builtGoModule, goModuleVersion, ownArchitecture } from "./go-module.ts";
import type { GoModuleName } from "./go-modules.ts";
import { type Progress, progressOf } from "./progress.ts";
import { isReachable } from "./reachable.ts";
import { run } from "./subprocess.ts";
import { downloadVerified } from "./verified-download.ts";

/** A program for this computer, and every way to come by it. */
export interface Tool {
  readonly name: string;
  /** Folder of the Go module that pins its version and builds it. */
  readonly module: GoModuleName;
  /** How the program is asked for its version. */
  readonly versionParameters: readonly string[];
  /** Address of the official release; asked, briefly, whether releases are reached at all. */
  readonly release: (version: string) => string;
  /** Downloads the official release and returns the program's path. */
  readonly download: (version: string, directory: string, progress: Progress) => Promise<string>;
}

/** Picks (pure) the version out of what a program says about itself, without its `v`. */
export function versionIn(output: string): string | undefined {
  return output.match(/(?:^|[\s"])v?(\d+\.\d+\.\d+(?:-[\w.]+)?)/)?.[1];
}

async function hasVersion(program: string, tool: Tool, version: string): Promise<boolean> {
  const answer = await run([program, ...tool.versionParameters], { timeoutMilliseconds: 20_000 }).catch(
    () => undefined,
  );
  return answer !== undefined && versionIn(answer.stdout) === version.replace(/^v/, "");
}

async function onPath(tool: Tool, version: string): Promise<string | undefined> {
  for (const directory of (process.env.PATH ?? "").split(delimiter).filter((entry) => entry !== "")) {
    const program = join(directory, tool.name);
    const isFile = await stat(program).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile && (await hasVersion(program, tool, version))) return program;
  }
  return undefined;
}

async function downloaded(tool: Tool, version: string, progress: Progress): Promise<string | undefined> {
  const directory = await cacheDirectory("tools", `${tool.name}-${version}`);
  const kept = join(directory, "bin", tool.name);
  if (await hasVersion(kept, tool, version)) return kept;
  if (!(await isReachable(tool.release(version)))) return undefined;
  return await progress.during(
    () => `downloading the official ${tool.name} ${version}`,
    tool.download(version, directory, progress),
  );
}

/**
 * Returns the path of a tool in the exact version that its Go module pins: the one on PATH; else the official release, where
 * releases are reached; else built from the Go module. Throws one error that says what to install.
 */
export async function ensureTool(tool: Tool): Promise<string> {
  const version = await goModuleVersion(tool.module);
  const built = await builtGoModule(tool.module);
  const found = (await onPath(tool, version)) ?? (built === undefined ? undefined : join(built, tool.name));
  if (found !== undefined) return found;
  const progress = progressOf(tool.name);
  const reasons: string[] = [];
  const attempts = [
    () => downloaded(tool, version, progress),
    async () => join(await buildGoModule(tool.module, { progress }), tool.name),
  ];
  for (const attempt of attempts) {
    try {
      const program = await attempt();
      if (program !== undefined && (await hasVersion(program, tool, version))) return program;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    [
      `${tool.name} ${version} is not on PATH, its releases were not reached and it could not be built.`,
      ...reasons,
      `Install ${tool.name} ${version} and put it on PATH: ${tool.release(version)}`,
    ].join("\n"),
  );
}

const pulumi: Tool = {
  name: "pulumi",
  module: "pulumi",
  versionParameters: ["version"],
  release: (version) => `https://get.pulumi.com/releases/sdk/pulumi-${version}-linux-${process.arch}.tar.gz`,
  async download(_version, root) {
    const { command } = await PulumiCommand.install({ root });
    return command;
  },
};

const helm: Tool = {
  name: "helm",
  module: "helm",
  versionParameters: ["version", "--template", "{{.Version}}"],
  release: (version) => `https://get.helm.sh/helm-${version}-linux-${ownArchitecture()}.tar.gz`,
  async download(version, directory, progress) {
    const url = helm.release(version);
    const checksumName = url.replace(/^.*\//, "");
    const archive = await downloadVerified({ url, checksumUrl: `${url}.sha256sum`, checksumName }, progress);
    const bin = await cacheDirectory("tools", `helm-${version}`, "bin");
    const where = ["--directory", bin, "--strip-components=1", "--no-same-owner"];
    await run(["tar", "--extract", "--gzip", "--file", archive, ...where, `linux-${ownArchitecture()}/helm`]);
    return join(directory, "bin", "helm");
  },
};

/** The Pulumi CLI whose version equals the SDK's: the path of the program. Its folder belongs first on the PATH of what uses it. */
export function ensurePulumi(): Promise<string> {
  return ensureTool(pulumi);
}

/** Helm 3: the path of the program. */
export function ensureHelm(): Promise<string> {
  return ensureTool(helm);
}

/** An environment in which the given programs come first on PATH. */
export function withOnPath(programs: readonly string[]): { readonly PATH: string } {
  const folders = [...new Set(programs.map((program) => dirname(program)))];
  return { PATH: [...folders, process.env.PATH ?? ""].join(delimiter) };
}
