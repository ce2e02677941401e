import { delimiter, dirname } from "node:path";
import { LocalWorkspace, Stack, StackNotFoundError } from "@pulumi/pulumi/automation/index.js";
import { RunError } from "@pulumi/pulumi/errors.js";
import grappe from "../index.ts";
import { inlineProgram } from "../runtime/engine/inline-program.ts";
import { chooseProviders } from "../runtime/providers/choose-providers.ts";
import { kubeconfigOf } from "../runtime/recovery/stack-look-up.ts";
import { mendAttributes, stateFiles } from "../runtime/state/state-files.ts";
import { ensurePulumi } from "../runtime/toolchain/tools.ts";
import { type ReleaseName, releaseWaitOf } from "./release-waits.ts";
import { backendVariables } from "./stack-backend.ts";
import { projectFolder } from "./stack-names.ts";

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

/** A stack whose settings and state are read; nothing of it runs, and so no provider is needed. @throws RunError if there is no such stack */
export async function openStackToRead(name: string): Promise<Stack> {
  const pulumi = await ensurePulumi();
  process.env.PATH = [dirname(pulumi), process.env.PATH ?? ""].join(delimiter);
  return await selectStack(name, await workspaceOf(name, { PULUMI_SKIP_UPDATE_CHECK: "true" }));
}
