import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { ensurePulumi, withOnPath } from "../../runtime/toolchain/tools.ts";
import { backendVariables } from "../stack-backend.ts";
import { projectFolder } from "../stack-names.ts";
import type { StackToRead } from "./read-state.ts";

/** A workspace that only reads: neither the program nor providers are loaded, and the CLI's version, as known, isn't asked for. */
async function workspaceIn(workDir: string, envVars: Readonly<Record<string, string>>): Promise<LocalWorkspace> {
  process.env.PATH = withOnPath([await ensurePulumi()]).PATH;
  const pulumiCommand = await PulumiCommand.get({ skipVersionCheck: true });
  return await LocalWorkspace.create({
    workDir,
    pulumiCommand,
    envVars: { ...envVars, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
}

/** A stack of this project. */
export async function stackToRead(name: string): Promise<StackToRead> {
  return { workspace: await workspaceIn(projectFolder, await backendVariables(name)), name };
}

/** Where a stack stands that has a folder of its own on this computer: a lab's, say. */
export interface StackFolder {
  /** Working directory of the stack. */
  readonly stack: string;
  /** The file backend's folder. */
  readonly backend: string;
  readonly passphrase: string;
}

/** The stack `name` of such a folder. */
export async function stackOfFolder(folder: StackFolder, name: string): Promise<StackToRead> {
  const envVars = { PULUMI_BACKEND_URL: `file://${folder.backend}`, PULUMI_CONFIG_PASSPHRASE: folder.passphrase };
  return { workspace: await workspaceIn(folder.stack, envVars), name };
}
