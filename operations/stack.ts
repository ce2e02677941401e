import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import grappe from "../index.ts";
import { ensurePulumi } from "../lab/toolchain/tools.ts";

const projectDirectory = dirname(fileURLToPath(new URL("../index.ts", import.meta.url)));

/**
 * Opens an existing stack of this project with the program inside this process, so that no language host is needed.
 * Backend, passphrase and access token come from the environment, as for the Pulumi CLI.
 */
export async function openStack(name: string): Promise<Stack> {
  process.env.PATH = `${dirname(await ensurePulumi())}${delimiter}${process.env.PATH ?? ""}`;
  return LocalWorkspace.selectStack(
    { stackName: name, projectName: "grappe", program: grappe },
    { workDir: projectDirectory },
  );
}
