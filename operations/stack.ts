import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalWorkspace, Stack } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import grappe from "../index.ts";
import { ensurePulumi } from "../lab/toolchain/tools.ts";
import { inlineProgram } from "./inline-program.ts";
import { kubernetesLookUp } from "./kubernetes/look-up.ts";
import { CloudApi } from "./openstack/cloud-api.ts";
import { type CloudAccess, type Credentials, cloudAccess, credentialsOf } from "./openstack/credentials.ts";
import { refuseForeignPorts } from "./openstack/foreign-ports.ts";
import { openstackLookUp } from "./openstack/look-up.ts";
import { parseDeployment } from "./recovery/deployment.ts";
import type { LookUp } from "./recovery/recover-stack.ts";
import { mendAttributes, stateFiles } from "./recovery/state-files.ts";

const projectDirectory = dirname(fileURLToPath(new URL("../index.ts", import.meta.url)));

/**
 * Opens an existing stack of this project with the program inside this process, so that no language host is needed.
 * Backend, passphrase and access token come from the environment, as for the Pulumi CLI. Opens also what a killed engine left
 * unreadable.
 */
export async function openStack(name: string): Promise<Stack> {
  process.env.PATH = `${dirname(await ensurePulumi())}${delimiter}${process.env.PATH ?? ""}`;
  const workspace = await LocalWorkspace.create({ workDir: projectDirectory, program: inlineProgram(grappe) });
  const files = await stateFiles(workspace, name);
  if (files !== undefined) await mendAttributes(files.state);
  return Stack.select(name, workspace);
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

/**
 * Refuses a destroy that couldn't end, as something of others stands on the stack's networks. Asks no cloud where the state has none.
 *
 * @throws Error that names it
 */
export async function refuseForeignObjects(stack: Stack): Promise<void> {
  const { resources } = parseDeployment((await stack.exportStack()).deployment);
  if (!resources.some(({ type }) => type === "openstack:networking/network:Network")) return;
  await refuseForeignPorts(await CloudApi.connect(await cloudCredentials(stack)), resources);
}

const plainSecret = z.object({ plaintext: z.string() });
const providerResource = z.object({
  type: z.literal("pulumi:providers:kubernetes"),
  inputs: z.object({ kubeconfig: plainSecret }),
});

/** The kubeconfig that the state's provider works with: only in memory. `undefined`: the state has no cluster. */
async function kubeconfigOf(stack: Stack): Promise<string | undefined> {
  const { deployment } = await stack.exportStack();
  const providers = parseDeployment(deployment).resources.map((resource) => providerResource.safeParse(resource));
  const kubeconfig = providers.find(({ success }) => success)?.data?.inputs.kubeconfig.plaintext;
  return kubeconfig === undefined ? undefined : z.string().parse(JSON.parse(kubeconfig));
}

/** Looks up what a killed run left, in the cloud that the stack's settings name and in the cluster that its state names. */
export function lookUpOf(stack: Stack): LookUp {
  const inCloud = openstackLookUp(() => cloudCredentials(stack));
  const inCluster = kubernetesLookUp(() => kubeconfigOf(stack));
  return (interrupted, ...known) =>
    interrupted.type.startsWith("openstack:") ? inCloud(interrupted, ...known) : inCluster(interrupted);
}
