import { RunError } from "@pulumi/pulumi/errors.js";
import { type Deployment, type Interrupted, plainInputs, type StateResource } from "../state/deployment.ts";

/** An object in the real world that an interrupted creation may have left. */
export interface Candidate {
  readonly id: string;
  /** For people: `network dev-inner`. */
  readonly description: string;
  /** Its creation was cut off before it was whole: the next run makes it anew, or updates it. */
  readonly unfinished?: "replace" | "resume";
  /** Ends in the real world what was cut off; without this nothing more can be done to it. */
  readonly settle?: () => Promise<void>;
}

/** What an interrupted creation left, and so gets into the state. */
export interface Adoption {
  readonly creation: Interrupted;
  readonly found: Candidate;
}

/** A release whose deletion was interrupted, and what of it is there still. */
export interface Uninstallation {
  readonly release: Interrupted;
  /** `undefined`: it is gone. */
  readonly found: Candidate | undefined;
}

/** Two objects could be what a creation left: which one it is, only a person can tell. */
export class AmbiguousLeftover extends RunError {
  override readonly name = "AmbiguousLeftover";

  constructor({ name, type }: Interrupted, candidates: readonly Candidate[]) {
    const named = candidates.map(({ description, id }) => `${description} (${id})`).join(" and ");
    super(
      `${name} (${type}) was being created when the run was killed, and ${named} could both be what it left. ` +
        "Nothing was changed. Delete the one that isn't needed, then run this again.",
    );
  }
}

/** The objects of the state, by type: a router's interface has the same id as the port that it took. */
export function knownObjects({ resources }: Deployment): ReadonlySet<string> {
  return new Set(resources.flatMap(({ type, id }) => (id === undefined || id === "" ? [] : [`${type} ${id}`])));
}

/** Tells (pure) the candidates of a creation that the state doesn't know from those that it does. */
export function newTo(known: ReadonlySet<string>, { type }: Interrupted): (candidate: Candidate) => boolean {
  return ({ id }) => !known.has(`${type} ${id}`);
}

/**
 * Which candidate a creation left (pure): one that the state doesn't know. `undefined`: nothing was made.
 *
 * @throws AmbiguousLeftover if there are two
 */
export function adoptionOf(
  creation: Interrupted,
  candidates: readonly Candidate[],
  known: ReadonlySet<string>,
): Adoption | undefined {
  const unknown = candidates.filter(newTo(known, creation));
  const [found, second] = unknown;
  if (second !== undefined) throw new AmbiguousLeftover(creation, unknown);
  return found === undefined ? undefined : { creation, found };
}

/** Whether the state has an object of a resource that isn't deleted to be made anew. */
export function stands({ resources }: Deployment, urn: string): boolean {
  return resources.some((each) => each.urn === urn && each.delete !== true && each.pendingReplacement !== true);
}

/** As a resource's state: what it was made of counts as what it is, until the provider is asked. */
function stateOf(pending: StateResource, { id, unfinished }: Candidate): StateResource {
  const outputs = { ...plainInputs(pending), id };
  const open = unfinished === "resume" ? cutOff : unfinished === "replace" ? { taint: true } : {};
  return { ...pending, id, outputs, ...open };
}

const cutOff = { initErrors: ["The run that worked on it was killed."] };

/** The resources without the releases that are gone; those that are half gone can be whole again, or go, in the next run. */
function afterDeletions(
  { resources, pending_operations: operations }: Deployment,
  uninstallations: readonly Uninstallation[],
): readonly StateResource[] {
  const byUrn = new Map(uninstallations.map((each) => [each.release.urn, each]));
  const deleted = new Map(
    operations.filter(({ type }) => type === "deleting").map(({ resource: { urn, id } }) => [urn, id] as const),
  );
  return resources.flatMap((each) => {
    const known = deleted.get(each.urn) === each.id ? byUrn.get(each.urn) : undefined;
    if (known === undefined) return [each];
    if (known.found === undefined) return [];
    return known.found.settle === undefined ? [each] : [{ ...each, ...cutOff }];
  });
}

/** Resources of a state after an adoption, and those that the provider must still be asked about. */
export interface Adopted {
  readonly deployment: Deployment;
  readonly toRefresh: readonly string[];
}

/**
 * The state (pure) with what interrupted creations left taken in, without releases that are gone and without pending
 * operations. Three ways in:
 *
 * - The state has no such resource: it has one now; an unfinished one is to be replaced, or updated, by the next run.
 * - The state says that it was deleted to be made anew: it was made, and takes that place.
 * - The state has another object of that resource: what was found is surplus, and the next run deletes it.
 */
export function adopt(
  deployment: Deployment,
  adoptions: readonly Adoption[],
  uninstallations: readonly Uninstallation[] = [],
): Adopted {
  const creating = deployment.pending_operations.filter(({ type }) => type === "creating");
  const pending = new Map(creating.map(({ resource }) => [resource.urn, resource]));
  const taken = new Map(
    adoptions.flatMap(({ creation, found }) => {
      const before = pending.get(creation.urn);
      return before === undefined ? [] : [[creation.urn, stateOf(before, found)] as const];
    }),
  );
  const standing = new Map(
    deployment.resources.filter((each) => each.delete !== true).map((each) => [each.urn, each] as const),
  );
  const isReplaced = (urn: string) => standing.get(urn)?.pendingReplacement === true;
  const kept = afterDeletions(deployment, uninstallations).map((each) =>
    isReplaced(each.urn) ? (taken.get(each.urn) ?? each) : each,
  );
  const added = [...taken.values()]
    .filter(({ urn }) => !isReplaced(urn))
    .map((each) => (standing.has(each.urn) ? { ...each, delete: true } : each));
  const live = [...taken.values()].filter(
    ({ urn, taint, initErrors }) =>
      taint !== true && initErrors === undefined && (!standing.has(urn) || isReplaced(urn)),
  );
  return {
    deployment: { ...deployment, resources: [...kept, ...added], pending_operations: [] },
    toRefresh: live.map(({ urn }) => urn),
  };
}
