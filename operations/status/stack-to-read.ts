import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { RunError } from "@pulumi/pulumi/errors.js";
import { labFolderIfThere } from "../../lab/stack/lab-folder.ts";
import { ensurePulumi, withOnPath } from "../../lab/toolchain/tools.ts";
import { projectFolder } from "../command-line/stack-names.ts";
import { backendVariables } from "../stack-backend.ts";
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

/**
 * A lab's stack.
 *
 * @param up the command that brings it up
 * @throws RunError if there is no such lab
 */
export async function labToRead(lab: string, up: string): Promise<StackToRead> {
  const folder = await labFolderIfThere(lab);
  if (folder === undefined) throw new RunError(`${lab}: There is no such lab on this computer. Fix: ${up}`);
  const envVars = { PULUMI_BACKEND_URL: `file://${folder.backend}`, PULUMI_CONFIG_PASSPHRASE: folder.passphrase };
  return { workspace: await workspaceIn(folder.stack, envVars), name: "lab" };
}
