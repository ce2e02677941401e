import { z } from "zod";

const stateResource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  /** The old half of a replacement that isn't finished. */
  delete: z.boolean().optional(),
  /** Deleted already, to be made anew. */
  pendingReplacement: z.boolean().optional(),
  taint: z.boolean().optional(),
  /** Why it isn't whole: the next run updates it, whether or not its inputs changed. */
  initErrors: z.array(z.string()).optional(),
});

/** A resource as the state has it; what isn't read passes through. */
export type StateResource = z.output<typeof stateResource>;

const pendingOperation = z.looseObject({ type: z.string(), resource: stateResource });

/** An operation that a killed run began and never heard the end of. */
export type PendingOperation = z.output<typeof pendingOperation>;

const deploymentSchema = z.looseObject({
  manifest: z.looseObject({ time: z.string().optional() }).optional(),
  resources: z
    .array(stateResource)
    .nullish()
    .transform((resources) => resources ?? []),
  pending_operations: z
    .array(pendingOperation)
    .nullish()
    .transform((operations) => operations ?? []),
});

/** The part of an exported deployment (`pulumi stack export`) that recovery reads; the rest passes through. */
export type Deployment = z.output<typeof deploymentSchema>;

/** A resource with an operation whose end the engine never heard of. */
export interface Interrupted {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** What was asked for, without the secrets. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** @throws if it is no deployment of this engine's version */
export function parseDeployment(exported: unknown): Deployment {
  return deploymentSchema.parse(exported);
}

/** When the state was last written, in milliseconds since the epoch: what is pending was begun no later. 0 where it doesn't say. */
export function writtenAt({ manifest }: Deployment): number {
  return Date.parse(manifest?.time ?? "") || 0;
}

/** The key by which the engine marks a value as special; for a secret its cipher text stands beside it. */
const signature = "4dabf18193072939515e22adb298388d";

const isSpecial = (value: unknown) => typeof value === "object" && value !== null && signature in value;

/** A resource's inputs without the secret ones, which an exported state holds encrypted, and without a bridge's own. */
export function plainInputs({ inputs = {} }: StateResource): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(inputs).filter(([name, value]) => !name.startsWith("__") && !isSpecial(value)),
  );
}

/** A resource's name in the program. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** A Helm release. */
export const releaseType = "kubernetes:helm.sh/v3:Release";

/** What was being created. */
export function pendingCreations(deployment: Deployment): readonly Interrupted[] {
  return interrupted(deployment, ({ type }) => type === "creating");
}

/** Releases that were being deleted: alone of all types, one that is gone can't be deleted once more. */
export function pendingUninstallations(deployment: Deployment): readonly Interrupted[] {
  return interrupted(deployment, ({ type, resource }) => type === "deleting" && resource.type === releaseType);
}

/** Each resource once, however often it was tried. */
function interrupted(deployment: Deployment, isSuch: (one: PendingOperation) => boolean): readonly Interrupted[] {
  const resources = deployment.pending_operations.filter(isSuch).map(({ resource }) => resource);
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  return [...byUrn.values()].map((resource) => ({
    urn: resource.urn,
    type: resource.type,
    name: nameOf(resource.urn),
    inputs: plainInputs(resource),
  }));
}
