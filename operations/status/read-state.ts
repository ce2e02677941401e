import type { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { parseSettings } from "../../components/settings/parse.ts";
import { SettingsError } from "../../components/settings/problem.ts";
import {
  type Deployment,
  nameOf,
  parseDeployment,
  plainInputs,
  releaseType,
  type StateResource,
} from "../../runtime/state/deployment.ts";
import { describeLock, lockState, runLocks } from "../../runtime/state/run-lock.ts";
import type { Answer, Declared, StateFacts } from "./facts.ts";

/** A secret output as `pulumi stack export --show-secrets` writes it: JSON text inside. */
const secretOutput = z.object({ plaintext: z.string() }).transform(({ plaintext }): unknown => JSON.parse(plaintext));
const textOutput = z.union([z.string(), secretOutput.pipe(z.string())]);

const stackResource = z.object({
  type: z.literal("pulumi:pulumi:Stack"),
  outputs: z
    .object({ kubeconfig: textOutput.optional(), urls: z.record(z.string(), z.array(z.string())).default({}) })
    .prefault({}),
});

/** A run that didn't get as far as the outputs may have made the provider. */
const providerResource = z.object({
  type: z.literal("pulumi:providers:kubernetes"),
  inputs: z.object({ kubeconfig: textOutput }),
});

/** A stack by its name in a workspace; that it is there shows when it is read. */
export interface StackToRead {
  readonly workspace: LocalWorkspace;
  readonly name: string;
}

/** What status needs of a stack's outputs. The kubeconfig is a secret: only in memory. */
export interface Outputs {
  readonly kubeconfig?: string;
  readonly urls: Readonly<Record<string, readonly string[]>>;
}

/** The outputs in a state (pure). */
export function outputsIn({ resources }: Deployment): Outputs {
  const stack = resources.map((each) => stackResource.safeParse(each)).find(({ success }) => success)?.data;
  const provider = resources.map((each) => providerResource.safeParse(each)).find(({ success }) => success)?.data;
  return {
    kubeconfig: stack?.outputs.kubeconfig ?? provider?.inputs.kubeconfig,
    urls: stack?.outputs.urls ?? {},
  };
}

const namespaceInputs = z.object({ metadata: z.object({ name: z.string() }) });
const releaseInputs = z.object({ name: z.string(), namespace: z.string() });

function inputsOf<Schema extends z.ZodType>(
  resources: readonly StateResource[],
  type: string,
  schema: Schema,
): readonly z.output<Schema>[] {
  return resources
    .filter((resource) => resource.type === type)
    .flatMap((resource) => schema.safeParse(plainInputs(resource)).data ?? []);
}

const isUnfinished = ({ initErrors = [], ...resource }: StateResource) =>
  initErrors.length > 0 || resource.delete === true || resource.pendingReplacement === true;

/** What a state tells (pure), besides the outputs and who has its lock. */
export function stateFactsOf(deployment: Deployment): Omit<StateFacts, "locks"> {
  const { resources, pending_operations } = deployment;
  const namespaces = inputsOf(resources, "kubernetes:core/v1:Namespace", namespaceInputs);
  const releases = inputsOf(resources, releaseType, releaseInputs);
  return {
    hasCluster: outputsIn(deployment).kubeconfig !== undefined,
    interrupted: [...new Set(pending_operations.map(({ resource }) => nameOf(resource.urn)))],
    unfinished: resources.filter(isUnfinished).map(({ urn }) => nameOf(urn)),
    namespaces: [
      ...new Set([...namespaces.map(({ metadata }) => metadata.name), ...releases.map((each) => each.namespace)]),
    ],
    releases,
  };
}

/** What the stack's settings declare, or how many problems they have. */
async function readDeclared({ workspace, name }: StackToRead): Promise<Answer<Declared>> {
  const configuration = Object.entries(await workspace.getAllConfig(name));
  try {
    const { hosts, cluster, platform } = parseSettings({
      stack: name.split("/").at(-1) ?? name,
      values: Object.fromEntries(configuration.map(([key, { value }]) => [key, value])),
      secretKeys: new Set(configuration.filter(([, { secret }]) => secret === true).map(([key]) => key)),
    });
    return { value: { hosts, cluster, platform } };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const count = error.problems.length === 1 ? "1 problem" : `${error.problems.length} problems`;
    return { unanswered: `they have ${count}, and so nothing is compared with them` };
  }
}

async function readLocks(stack: StackToRead): Promise<StateFacts["locks"]> {
  const locks = await runLocks(stack);
  return locks?.map((lock) => ({ description: describeLock(lock), state: lockState(lock) }));
}

export interface StackReading {
  readonly declared: Answer<Declared>;
  readonly state: StateFacts;
  readonly outputs: Outputs;
}

/** Reads all that a stack says without asking its cluster. */
export async function readStack(stack: StackToRead): Promise<StackReading> {
  const { workspace, name } = stack;
  const exporting = workspace.exportStack(name);
  const [exported, declared, locks] = await Promise.all([exporting, readDeclared(stack), readLocks(stack)]);
  const deployment = parseDeployment(exported.deployment);
  return { declared, state: { ...stateFactsOf(deployment), locks }, outputs: outputsIn(deployment) };
}
