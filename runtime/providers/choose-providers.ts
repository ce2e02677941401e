import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { cacheDirectory, exists } from "../cache.ts";
import { type AttachedProviders, attachProviders } from "../provider-protocol/attach.ts";
import { inputTypesOf } from "../provider-protocol/input-types/input-types.ts";
import { run } from "../subprocess.ts";
import { ownArchitecture } from "../toolchain/go-module.ts";
import { ownSystem } from "../toolchain/own-system.ts";
import { isReachable } from "../toolchain/reachable.ts";
import { ensureHelm } from "../toolchain/tools.ts";
import { commandProvider } from "./command/command-provider.ts";
import { kubernetesProvider } from "./kubernetes/kubernetes-provider.ts";
import { LiveProtocol } from "./live-protocol.ts";
import type { LiveProvider } from "./live-provider.ts";
import { randomProvider } from "./random/random-provider.ts";

/** `official`: Pulumi's own plugins or none. `live`: ours. Default: the official one where it can be had. */
export type ProviderChoice = "official" | "live" | undefined;

/** Reads (pure) the option `--providers`. */
export function parseProviderChoice(text: string | undefined): ProviderChoice {
  if (text === undefined || text === "official" || text === "live") return text;
  throw new RunError(`--providers ${text}: it must be official or live.`);
}

export interface ChosenProviders extends AttachedProviders {
  /** One line for the run's output: which provider is what. */
  readonly described: string;
  /** Names of those that are the official plugins. */
  readonly official: ReadonlySet<string>;
}

async function liveProviders(root: string): Promise<readonly LiveProvider[]> {
  const types = inputTypesOf("@pulumi/random", await cacheDirectory("input-types"));
  return [commandProvider(root), kubernetesProvider(ensureHelm, root), randomProvider(types)];
}

async function isOnPath(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const found = await Promise.all(
    folders.map((folder) =>
      stat(join(folder, program)).then(
        (entry) => entry.isFile(),
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** An official plugin, as `pulumi plugin install resource` names it. */
export type OfficialPlugin = Pick<LiveProvider, "name" | "version">;

async function isInstalled({ name, version }: OfficialPlugin): Promise<boolean> {
  const home = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  if (await exists(join(home, "plugins", `resource-${name}-v${version}`))) return true;
  return await isOnPath(`pulumi-resource-${name}`);
}

async function isDownloadable({ name, version }: OfficialPlugin, anew: boolean): Promise<boolean> {
  const file = `pulumi-resource-${name}-v${version}-${ownSystem()}-${ownArchitecture()}.tar.gz`;
  return await isReachable(`https://get.pulumi.com/releases/plugins/${file}`, { anew });
}

/**
 * Whether the official plugin can be had; where it has to be downloaded, it is.
 *
 * @param anew asks the publisher even if it didn't answer a while ago
 */
export async function ensureOfficial(provider: OfficialPlugin, pulumi: string, anew = false): Promise<boolean> {
  if (await isInstalled(provider)) return true;
  if (!(await isDownloadable(provider, anew))) return false;
  await run([pulumi, "plugin", "install", "resource", provider.name, `v${provider.version}`]);
  return true;
}

/**
 * The providers of a run on this computer: the official plugins where they are installed or can be downloaded, else our own
 * live ones, which the engine attaches to.
 *
 * @param pulumi path of the Pulumi CLI
 * @param root the project's folder
 */
export async function chooseProviders(choice: ProviderChoice, pulumi: string, root: string): Promise<ChosenProviders> {
  const live = await liveProviders(root);
  const isOfficial = await Promise.all(
    live.map((provider) => (choice === "live" ? false : ensureOfficial(provider, pulumi, choice === "official"))),
  );
  const missing = live.filter((_, index) => !isOfficial[index]);
  if (choice === "official" && missing.length > 0) {
    const names = missing.map(({ name, version }) => `${name} v${version}`).join(", ");
    throw new RunError(`The official plugins are neither installed nor reached: ${names}. Fix: --providers live`);
  }
  const attached = await attachProviders(
    missing.map((provider) => {
      const protocol = new LiveProtocol(provider);
      return { name: provider.name, handlers: protocol.handlers(), close: () => protocol.close() };
    }),
  );
  const describe = (provider: LiveProvider, index: number) =>
    `${provider.name} ${provider.version} (${isOfficial[index] ? "official" : "live"})`;
  const official = new Set(live.filter((_, index) => isOfficial[index]).map(({ name }) => name));
  return { ...attached, described: live.map(describe).join(", "), official };
}
