import { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors.js";
import type { Offer } from "./catalogue.ts";

/** What is done around a resize of an instance: its node is drained before, and takes work again after. */
export interface ResizeActions {
  readonly before: () => Promise<void>;
  readonly after: () => Promise<void>;
}

/** Stops the creation of an instance from what the cloud doesn't offer; none where all is offered. */
export function creationHooks(name: string, offers: readonly (Offer | undefined)[]): pulumi.ResourceHook[] {
  const missing = missingOf(offers);
  if (missing === undefined) return [];
  const refuse = () => {
    throw new RunError(missing);
  };
  return [new pulumi.ResourceHook(`${name}-not-offered`, refuse, { onDryRun: true })];
}

/** What to do about an instance that OpenStack gave up. */
export function givenUp(name: string, id: string): string {
  return (
    `${name}: OpenStack has its instance in the state ERROR: "openstack server show ${id}" says why. ` +
    `Fix: openstack server delete ${id}; then pulumi refresh, and pulumi up.`
  );
}

/** The instance whose build OpenStack gave up, in the provider's words (pure); it is in the state then. */
export function givenUpIn(errors: readonly string[]): string | undefined {
  return errors.join("\n").match(/waiting for instance \((\S+)\) to become ready: unexpected state 'ERROR'/)?.[1];
}

/** Says what to do where OpenStack gave up a build: the provider only says that it waited in vain. */
export function buildFailureHook(name: string): pulumi.ErrorHook {
  const inProgram = AsyncLocalStorage.snapshot();
  return new pulumi.ErrorHook(`${name}-build-failed`, async ({ failedOperation, errors }) => {
    const id = failedOperation === "create" ? givenUpIn(errors) : undefined;
    if (id !== undefined) await inProgram(() => pulumi.log.warn(givenUp(name, id)));
    return false;
  });
}

/** A change of an instance's flavor, as far as it must be judged beforehand. */
export interface FlavorChange {
  /** What the cloud offers under the new flavor's name. */
  readonly flavor: Offer | undefined;
  /** The setting that names it. */
  readonly setting: string;
  /** Size in GiB of a flavor's disk, by its name; undefined where that can't be told, or nothing lies on it. */
  readonly diskOf: (flavor: string) => Promise<number | undefined>;
}

/**
 * Runs the actions around an update that changes the flavor. A flavor that isn't offered, or whose disk is too small, stops it
 * before a node is drained, in previews too. After a failed resize the node goes back to work.
 */
export function resizeHooks(
  name: string,
  change: FlavorChange,
  actions: ResizeActions | undefined,
): Pick<pulumi.ResourceHookBinding, "beforeUpdate" | "afterUpdate" | "onError"> {
  // The engine calls hooks from outside of the program; the SDK finds its way to the engine by the program's own context.
  const inProgram = AsyncLocalStorage.snapshot();
  const check = (update: pulumi.ResourceHookArgs) => inProgram(() => refuseFlavor(name, change, update));
  const fits = new pulumi.ResourceHook(`${name}-fits-flavor`, check, { onDryRun: true });
  if (actions === undefined) return { beforeUpdate: [fits] };
  const before = async (update: pulumi.ResourceHookArgs) => {
    if (resizes(update)) await actions.before();
  };
  const after = async (update: pulumi.ResourceHookArgs) => {
    if (resizes(update)) await actions.after();
  };
  const failed = async (update: pulumi.ErrorHookArgs) => {
    if (update.oldInputs !== undefined && resizes(update)) {
      await actions.after();
      await inProgram(() => pulumi.log.warn(`${name}: its resize failed. Before the next up: pulumi refresh.`));
    }
    return false;
  };
  return {
    beforeUpdate: [fits, new pulumi.ResourceHook(`${name}-before-resize`, before)],
    afterUpdate: [new pulumi.ResourceHook(`${name}-after-resize`, after)],
    onError: [new pulumi.ErrorHook(`${name}-resize-failed`, failed)],
  };
}

/** Refuses a change to a flavor that isn't offered, or whose disk is smaller. */
export async function refuseFlavor(
  name: string,
  { flavor, setting, diskOf }: FlavorChange,
  update: pulumi.ResourceHookArgs,
): Promise<void> {
  if (!resizes(update)) return;
  const missing = missingOf([flavor]);
  if (missing !== undefined) throw new RunError(missing);
  const [from, to] = [String(flavorBefore(update)), String(update.newInputs?.flavorName)];
  const [before, after] = await Promise.all([diskOf(from), diskOf(to)]);
  if (before === undefined || after === undefined || after >= before) return;
  throw new RunError(
    `${setting}: ${name} can't become ${to}: its disk has ${before} GiB by ${from}, ${to} has ${after}, and OpenStack shrinks ` +
      `none. Take a flavor with a disk of ${before} GiB or more, or boot from a volume.`,
  );
}

type Update = Pick<pulumi.ResourceHookArgs, "oldInputs" | "oldOutputs" | "newInputs">;

/** The flavor that an instance has: what was asked for last may have failed, and the outputs tell what the cloud said. */
function flavorBefore({ oldInputs, oldOutputs }: Update): unknown {
  return oldOutputs?.flavorName ?? oldInputs?.flavorName;
}

/** Whether an update of an instance changes its flavor. */
export function resizes(update: Update): boolean {
  return flavorBefore(update) !== update.newInputs?.flavorName;
}

function missingOf(offers: readonly (Offer | undefined)[]): string | undefined {
  for (const offer of offers) if (offer !== undefined && "missing" in offer) return offer.missing;
  return undefined;
}
