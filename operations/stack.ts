import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import grappe from "../index.ts";
import { ensurePulumi } from "../lab/toolchain/tools.ts";
import { type CloudAccess, type Credentials, cloudAccess, credentialsOf } from "./openstack/credentials.ts";
import { openstackLookUp } from "./openstack/look-up.ts";
import type { LookUp } from "./recovery/recover-stack.ts";

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

/** What the stack's settings say of its cloud. @throws Error if they name none */
function cloudAccessOf(site: string | undefined): CloudAccess {
  const parsed = cloudAccess.safeParse(JSON.parse(site ?? "{}"));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new Error(`grappe:site: it doesn't say how to reach the cloud that the killed run worked on: ${where}.`);
}

async function cloudCredentials(stack: Stack): Promise<Credentials> {
  const settings = await stack.getAllConfig();
  const access = cloudAccessOf(settings["grappe:site"]?.value);
  const environment = { ...process.env, ...stack.workspace.envVars };
  return await credentialsOf(access, settings["grappe:applicationCredentialSecret"]?.value, environment);
}

/** Looks up what a killed run left, in the cloud that the stack's settings name. */
export function lookUpOf(stack: Stack): LookUp {
  return openstackLookUp(() => cloudCredentials(stack));
}
