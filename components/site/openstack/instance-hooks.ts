import * as pulumi from "@pulumi/pulumi";
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
    throw new Error(missing);
  };
  return [new pulumi.ResourceHook(`${name}-not-offered`, refuse, { onDryRun: true })];
}

/** Runs the actions around an update that changes the flavor; a flavor that isn't offered stops it beforehand. */
export function resizeHooks(
  name: string,
  flavor: Offer | undefined,
  actions: ResizeActions | undefined,
): Pick<pulumi.ResourceHookBinding, "beforeUpdate" | "afterUpdate"> {
  const missing = missingOf([flavor]);
  if (missing === undefined && actions === undefined) return {};
  const before = async (update: pulumi.ResourceHookArgs) => {
    if (!resizes(update)) return;
    if (missing !== undefined) throw new Error(missing);
    await actions?.before();
  };
  const after = async (update: pulumi.ResourceHookArgs) => {
    if (resizes(update)) await actions?.after();
  };
  return {
    beforeUpdate: [new pulumi.ResourceHook(`${name}-before-resize`, before)],
    afterUpdate: [new pulumi.ResourceHook(`${name}-after-resize`, after)],
  };
}

/** Whether an update of an instance changes its flavor. */
export function resizes({ oldInputs, newInputs }: Pick<pulumi.ResourceHookArgs, "oldInputs" | "newInputs">): boolean {
  return oldInputs?.flavorName !== newInputs?.flavorName;
}

function missingOf(offers: readonly (Offer | undefined)[]): string | undefined {
  for (const offer of offers) if (offer !== undefined && "missing" in offer) return offer.missing;
  return undefined;
}
