import { mkdir, stat } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { cacheDirectory, exists } from "../cache.ts";
import { type Progress, progressOf } from "../progress.ts";
import { run } from "../subprocess.ts";
import { buildOnce } from "./build-once.ts";
import { buildGoModule, builtGoModule, goModuleVersion, ownArchitecture } from "./go-module.ts";
import type { GoModule } from "./go-module-definition.ts";
import { ownSystem } from "./own-system.ts";
import { isReachable, rememberUnreached } from "./reachable.ts";
import { type Download, downloadVerified } from "./verified-download.ts";

/** A program for this computer, and every way to come by it. */
export interface Tool {
  readonly name: string;
  /** The Go module that pins its version and builds it. */
  readonly module: GoModule;
  /** How the program is asked for its version. */
  readonly versionParameters: readonly string[];
  /** What an official release has beside the program, and one that was built from source lacks. */
  readonly besides?: string;
  /** The official release for this computer, a `.tar.gz`, of a version with its leading `v`. */
  readonly release: (version: string) => Omit<Download, "locked">;
  /** The folder in that archive that holds the programs. */
  readonly archiveFolder: string;
}

/** Where a tool's own builds are; another one stands in for Go in tests. */
export interface ToolBuilds {
  /** The folder that holds the program where it has been built already. */
  readonly built: (module: GoModule) => Promise<string | undefined>;
  readonly build: (module: GoModule, progress: Progress) => Promise<string>;
}

const goBuilds: ToolBuilds = {
  built: builtGoModule,
  build: (module, progress) => buildGoModule(module, { system: ownSystem(), progress }),
};

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

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const isOfficial = async (program: string, { besides }: Tool) =>
  besides === undefined || (await isFile(join(dirname(program), besides)));

/** The programs of this name and version on PATH, in its order. */
async function onPath(tool: Tool, version: string): Promise<readonly string[]> {
  const folders = [...new Set((process.env.PATH ?? "").split(delimiter))].filter((folder) => folder !== "");
  const programs: string[] = [];
  for (const program of folders.map((folder) => join(folder, tool.name))) {
    if ((await isFile(program)) && (await hasVersion(program, tool, version))) programs.push(program);
  }
  return programs;
}

/** Where the cache keeps the official release for this computer. */
async function keptRelease(tool: Tool, version: string): Promise<string> {
  const folder = `${tool.name}-${version}-${ownSystem()}-${ownArchitecture()}`;
  return join(await cacheDirectory("tools"), folder, tool.name);
}

/** Downloads the official release; it is kept whole or not at all. */
async function download(tool: Tool, version: string, progress: Progress): Promise<string> {
  const kept = await keptRelease(tool, version);
  const label = `the official ${tool.name} ${version}`;
  const build = async (folder: string): Promise<void> => {
    const archive = await downloadVerified(tool.release(version), progress);
    await mkdir(folder);
    const where = ["--strip-components=1", "--no-same-owner", "-C", folder];
    await run(["tar", "-xzf", archive, ...where, tool.archiveFolder]);
    if (!(await hasVersion(join(folder, tool.name), tool, version)))
      throw new RunError(`${tool.release(version).url} doesn't run here, or isn't ${version}.`);
  };
  await buildOnce({ path: dirname(kept), label, build }, progress);
  return kept;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The official release where it can be downloaded; why not is added to `reasons`. */
async function released(
  tool: Tool,
  version: string,
  asked: { readonly anew: boolean; readonly reasons: string[]; readonly progress: Progress },
): Promise<string | undefined> {
  if (!(await isReachable(tool.release(version).url, asked))) return undefined;
  const working = download(tool, version, asked.progress);
  return await asked.progress
    .during(() => `downloading the official ${tool.name} ${version}`, working)
    .catch(async (error: unknown) => {
      await rememberUnreached(tool.release(version).url);
      const reason = messageOf(error);
      asked.reasons.push(reason);
      asked.progress.step(`the official ${tool.name} ${version} isn't to be had: ${reason}`);
      return undefined;
    });
}

/**
 * Returns the path of a tool in the exact version that its Go module pins: the official one on PATH; else the official release,
 * where releases are reached; only then one that was built from source, on PATH, in the cache, or now.
 *
 * @throws Error that says what to install
 */
export async function ensureTool(tool: Tool, builds: ToolBuilds = goBuilds): Promise<string> {
  const version = await goModuleVersion(tool.module);
  const present = await onPath(tool, version);
  for (const program of present) if (await isOfficial(program, tool)) return program;
  const kept = await keptRelease(tool, version);
  if (await exists(kept)) return kept;
  const built = await builds.built(tool.module);
  const unofficial = present[0] ?? (built === undefined ? undefined : join(built, tool.name));
  const reasons: string[] = [];
  const progress = progressOf(tool.name);
  const official = await released(tool, version, { anew: unofficial === undefined, reasons, progress });
  if (official !== undefined) return official;
  if (unofficial !== undefined) return unofficial;
  try {
    return join(await builds.build(tool.module, progress), tool.name);
  } catch (error) {
    reasons.push(messageOf(error));
  }
  throw new RunError(
    [
      `${tool.name} ${version} is not on PATH, its releases were not reached and it could not be built.`,
      ...reasons,
      `Install ${tool.name} ${version} and put it on PATH: ${tool.release(version).url}`,
    ].join("\n"),
  );
}

/** What pins and builds the Pulumi CLI. */
export const pulumiModule: GoModule = {
  name: "pulumi",
  folder: join(import.meta.dirname, "pulumi"),
  versionOf: "github.com/pulumi/pulumi/pkg/v3",
  stamps: ({ text }) => ({ "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": text }),
};

const helmModule: GoModule = {
  name: "helm",
  folder: join(import.meta.dirname, "helm"),
  versionOf: "helm.sh/helm/v3",
  stamps: ({ text }) => ({ "helm.sh/helm/v3/internal/version.version": text }),
};

/** The Pulumi CLI, from its publisher or from another origin that offers the same. */
export function pulumiTool(origin = "https://get.pulumi.com"): Tool {
  return {
    name: "pulumi",
    module: pulumiModule,
    versionParameters: ["version"],
    besides: "pulumi-language-nodejs",
    archiveFolder: "pulumi",
    release(version) {
      const checksumName = `pulumi-${version}-${ownSystem()}-${ownArchitecture() === "amd64" ? "x64" : "arm64"}.tar.gz`;
      const releases = `${origin}/releases/sdk`;
      const checksumUrl = `${releases}/pulumi-${version.replace(/^v/, "")}-checksums.txt`;
      return { url: `${releases}/${checksumName}`, checksumUrl, checksumName };
    },
  };
}

/** Helm 3, from its publisher or from another origin that offers the same. */
export function helmTool(origin = "https://get.helm.sh"): Tool {
  const target = `${ownSystem()}-${ownArchitecture()}`;
  return {
    name: "helm",
    module: helmModule,
    versionParameters: ["version", "--template", "{{.Version}}"],
    archiveFolder: target,
    release(version) {
      const checksumName = `helm-${version}-${target}.tar.gz`;
      const url = `${origin}/${checksumName}`;
      return { url, checksumUrl: `${url}.sha256sum`, checksumName };
    },
  };
}

/** What was found stays where it is for as long as this process runs: to find it asks several programs, and perhaps the network. */
function foundOnce(find: () => Promise<string>): () => Promise<string> {
  let found: Promise<string> | undefined;
  return async () => {
    found ??= find();
    try {
      return await found;
    } catch (error) {
      found = undefined;
      throw error;
    }
  };
}

/** The Pulumi CLI whose version equals the SDK's: the path of the program. Its folder belongs first on the PATH of what uses it. */
export const ensurePulumi = foundOnce(() => ensureTool(pulumiTool()));

/** Helm 3: the path of the program. */
export const ensureHelm = foundOnce(() => ensureTool(helmTool()));

/** An environment in which the given programs come first on PATH. */
export function withOnPath(programs: readonly string[]): { readonly PATH: string } {
  const folders = [...new Set(programs.map((program) => dirname(program)))];
  return { PATH: [...folders, process.env.PATH ?? ""].join(delimiter) };
}
