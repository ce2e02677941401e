import { delimiter, dirname } from "node:path";
import { LocalWorkspace, Stack, StackNotFoundError } from "@pulumi/pulumi/automation/index.js";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import grappe from "../index.ts";
import { chooseProviders } from "../lab/providers/choose-providers.ts";
import { ensurePulumi } from "../lab/toolchain/tools.ts";
import { projectFolder } from "./command-line/stack-names.ts";
import { inlineProgram } from "./inline-program.ts";
import { kubernetesLookUp } from "./kubernetes/look-up.ts";
import { CloudApi } from "./openstack/cloud-api.ts";
import { type CloudAccess, type Credentials, cloudAccess, credentialsOf } from "./openstack/credentials.ts";
import { refuseForeignPorts } from "./openstack/foreign-ports.ts";
import { openstackLookUp } from "./openstack/look-up.ts";
import { parseDeployment } from "./recovery/deployment.ts";
import type { LookUp } from "./recovery/recover-stack.ts";
import { mendAttributes, stateFiles } from "./recovery/state-files.ts";
import { type ReleaseName, releaseWaitOf } from "./release-waits.ts";
import { backendVariables } from "./stack-backend.ts";

/** A stack of this project that can be run, and the providers that it is run with. */
export interface OpenStack {
  readonly stack: Stack;
  /** Which provider is what, in one line. */
  readonly providers: string;
  /** What Helm releases wait for, where their provider doesn't say it by itself. */
  readonly releaseWait?: (release: ReleaseName) => Promise<string | undefined>;
  /** Ends the providers that listen in this process. */
  close(): void;
}

/** Opened with the stack's own backend and passphrase, as they are remembered or as the environment has them. */
async function workspaceOf(name: string, environment: Readonly<Record<string, string>>): Promise<LocalWorkspace> {
  const envVars = { ...(await backendVariables(name)), ...environment };
  return await LocalWorkspace.create({ workDir: projectFolder, program: inlineProgram(grappe), envVars });
}

/**
 * Opens an existing stack of this project with the program inside this process, so that no language host is needed. Pulumi's
 * plugins are taken where they are installed or can be downloaded, else ours. Opens also what a killed engine left unreadable.
 *
 * @throws RunError if there is no such stack
 */
export async function openStack(name: string): Promise<OpenStack> {
  const pulumi = await ensurePulumi();
  process.env.PATH = [dirname(process.execPath), dirname(pulumi), process.env.PATH ?? ""].join(delimiter);
  const providers = await chooseProviders(undefined, pulumi, projectFolder);
  try {
    const workspace = await workspaceOf(name, {
      PULUMI_DEBUG_PROVIDERS: providers.debugProviders,
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
    const files = await stateFiles(workspace, name);
    if (files !== undefined) await mendAttributes(files.state);
    const stack = await selectStack(name, workspace);
    const opened: OpenStack = { stack, providers: providers.described, close: () => providers.stop() };
    if (!providers.official.has("kubernetes")) return opened;
    return { ...opened, releaseWait: releaseWaitOf(() => kubeconfigOf(stack)) };
  } catch (error) {
    providers.stop();
    throw error;
  }
}

async function selectStack(name: string, workspace: LocalWorkspace): Promise<Stack> {
  return await Stack.select(name, workspace).catch((error: unknown) => {
    if (!(error instanceof StackNotFoundError)) throw error;
    throw new RunError(
      `${name}: There is no such stack in this backend. Fix: ./grappe new ${name}, or ./grappe pulumi stack init ${name}.`,
    );
  });
}

/** Opens a stack, works with it, and ends its providers. */
export async function withStack<Result>(name: string, work: (opened: OpenStack) => Promise<Result>): Promise<Result> {
  const opened = await openStack(name);
  try {
    return await work(opened);
  } finally {
    opened.close();
  }
}

/** What the stack's settings say of its cloud. @throws RunError if they name none */
function cloudAccessOf(site: string | undefined): CloudAccess {
  const parsed = cloudAccess.safeParse(JSON.parse(site ?? "{}"));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new RunError(
    `grappe:site: it doesn't say how to reach the cloud that the killed run worked on: ${where}. Fix: write it as it was in that run.`,
  );
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
 * @throws RunError that names it
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

/** A stack whose settings and state are read; nothing of it runs, and so no provider is needed. @throws RunError if there is no such stack */
export async function openStackToRead(name: string): Promise<Stack> {
  const pulumi = await ensurePulumi();
  process.env.PATH = [dirname(pulumi), process.env.PATH ?? ""].join(delimiter);
  return await selectStack(name, await workspaceOf(name, { PULUMI_SKIP_UPDATE_CHECK: "true" }));
}
