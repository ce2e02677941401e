import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { ensureOfficial, type ProviderChoice } from "../../../runtime/providers/choose-providers.ts";
import { buildGoModule } from "../../../runtime/toolchain/go-module.ts";
import { goModules } from "../../toolchain/go-modules.ts";

/** Where OpenStack's provider comes from. Both are the same one, Terraform's, bridged; `live` is the one of lab/cloud/provider. */
export interface OpenstackProvider {
  /** Programs that must come first on the engine's PATH. */
  readonly programs: readonly string[];
  /** For the run's output: which provider it is. */
  readonly described: string;
}

const plugin = { name: "openstack", version: "3.15.2" };

/** The path of the provider that is built from lab/cloud/provider. */
export async function ownOpenstackProvider(): Promise<string> {
  return join(await buildGoModule(goModules["openstack-provider"]), "pulumi-resource-openstack");
}

/**
 * OpenStack's provider: the official plugin where it is installed or can be downloaded, else the one that is built from its upstream
 * modules.
 *
 * @param pulumi path of the Pulumi CLI
 */
export async function chooseOpenstackProvider(choice: ProviderChoice, pulumi: string): Promise<OpenstackProvider> {
  const described = (from: string) => `${plugin.name} ${plugin.version} (${from})`;
  if (choice !== "live" && (await ensureOfficial(plugin, pulumi, choice === "official"))) {
    return { programs: [], described: described("official") };
  }
  if (choice === "official") {
    throw new RunError(
      `The official plugin openstack v${plugin.version} is neither installed nor reached. Fix: --providers live`,
    );
  }
  return { programs: [await ownOpenstackProvider()], described: described("built from its modules") };
}
