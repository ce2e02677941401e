import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { CloudApi } from "../openstack-api/cloud-api.ts";
import { type CloudAccess, type Credentials, cloudAccess, credentialsOf } from "../openstack-api/credentials.ts";
import { refuseForeignPorts } from "../openstack-api/foreign-ports.ts";
import { parseDeployment } from "../state/deployment.ts";
import { kubernetesLookUp } from "./kubernetes/look-up.ts";
import { openstackLookUp } from "./openstack/look-up.ts";
import type { LookUp } from "./recover-stack.ts";

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
export async function kubeconfigOf(stack: Stack): Promise<string | undefined> {
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
