import { stat } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { chooseProviders, type ProviderChoice } from "../../../runtime/providers/choose-providers.ts";
import { ensurePulumi } from "../../../runtime/toolchain/tools.ts";
import { ensureBundle } from "../../bring-up.ts";
import { openStackFolder, repository } from "../../stack/lab-folder.ts";
import type { Configuration } from "../../stack/lab-settings.ts";
import { committedSettings, LabStack } from "../../stack/lab-stack.ts";
import { cloudFolder, cloudsFile } from "../cloud-folder.ts";
import { chooseOpenstackProvider } from "./openstack-provider.ts";

export interface CloudStackOptions {
  readonly choice?: ProviderChoice;
  readonly write: (line: string) => void;
  /** Credentials other than the cloud's own. Default: `cloudsFile`. */
  readonly clouds?: string;
}

export interface CloudStack {
  readonly stack: LabStack;
  /** One line for the run's output: which provider is what. */
  readonly providers: string;
}

/** Makes sure that what the stack is made with is on this computer: bundle, Pulumi CLI, OpenStack's provider. */
export async function ensureStackTools(bundle: string, write: (line: string) => void): Promise<void> {
  await ensureBundle(bundle, write);
  await chooseOpenstackProvider(undefined, await ensurePulumi());
}

/**
 * Opens the stack `cloud`: its state, settings and secrets in `.grappe/cloud`, OpenStack's real provider, the others official
 * or live as in the lab.
 *
 * @throws if there are no credentials: the cloud isn't up
 */
export async function openCloudStack(options: CloudStackOptions): Promise<CloudStack> {
  const clouds = options.clouds ?? cloudsFile;
  await stat(clouds).catch(() => {
    throw new RunError(`${clouds} is missing: there is no cloud on this computer. Fix: npm run cloud`);
  });
  const [folder, pulumi] = await Promise.all([openStackFolder(cloudFolder), ensurePulumi()]);
  const openstack = await chooseOpenstackProvider(options.choice, pulumi);
  const providers = await chooseProviders(options.choice, pulumi, repository);
  const stack = await LabStack.with({
    stackName: "cloud",
    folder,
    pulumi,
    providers,
    programs: openstack.programs,
    environment: { OS_CLIENT_CONFIG_FILE: clouds },
    write: options.write,
  });
  return { stack, providers: `${openstack.described}, ${providers.described}` };
}

const plainObject = z.record(z.string(), z.unknown());

/** The committed settings of the cloud's stack with the bundle's folder filled in. */
export async function cloudSettings(bundle: string): Promise<Configuration> {
  const committed = await committedSettings(join(repository, "Pulumi.cloud.yaml"));
  const artifacts = plainObject.parse(committed["grappe:artifacts"] ?? {});
  return { ...committed, "grappe:artifacts": { ...artifacts, bundle } };
}
