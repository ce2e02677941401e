import type { PropertyMap, WireMap } from "./doubles/property-value.ts";
import { decodeMap } from "./doubles/property-value.ts";
import type { ProviderDouble } from "./doubles/provider-double.ts";
import { StrayErrors } from "./engine/stray-errors.ts";
import type { ThrowAwayStack } from "./engine/throw-away-stack.ts";
import { graphOfState, type PendingOperation, pendingOperations } from "./timeline/resource-graph.ts";

/** A creation whose end the engine never heard of, and what it left. */
export interface LostCreation {
  readonly urn: string;
  readonly id: string;
}

function inputsOf(operation: PendingOperation): PropertyMap {
  const wire: WireMap = JSON.parse(JSON.stringify(operation.resource.inputs ?? {}));
  return decodeMap(wire);
}

/** What interrupted creations left in the world, found as a person would: by name, address or route. */
export function findLostCreations(state: string, doubles: readonly ProviderDouble[]): LostCreation[] {
  const taken = new Set([...graphOfState(state).values()].map((resource) => resource.id));
  return pendingOperations(state)
    .filter((operation) => operation.type === "creating")
    .flatMap((operation) => {
      const { urn, type } = operation.resource;
      const double = doubles.find((one) => type.startsWith(`${one.name}:`));
      const id = double?.lookUp(type, inputsOf(operation), taken);
      return id === undefined ? [] : [{ urn, id }];
    });
}

interface Deployment {
  readonly resources?: readonly Record<string, unknown>[];
  readonly pending_operations?: readonly PendingOperation[];
}

function isDeployment(value: unknown): value is Deployment {
  return typeof value === "object" && value !== null;
}

/**
 * The state with what interrupted creations left taken in, and without their traces. What was to be replaced by one of them
 * waits for its deletion then.
 */
export function adopt(deployment: unknown, lost: readonly LostCreation[]): unknown {
  if (!isDeployment(deployment)) throw new Error("The engine exported no deployment.");
  const { resources = [], pending_operations: pending = [] } = deployment;
  const ids = new Map(lost.map(({ urn, id }) => [urn, id]));
  const adopted = pending.flatMap(({ resource }) => {
    const id = ids.get(resource.urn);
    return id === undefined ? [] : [{ ...resource, id, outputs: {} }];
  });
  const kept = resources.map((one) => (ids.has(String(one.urn)) ? { ...one, delete: true } : one));
  return { ...deployment, resources: [...kept, ...adopted], pending_operations: [] };
}

/**
 * What a person does after a crash, before running `pulumi up` again: `pulumi cancel` takes the dead run's lock away;
 * `pulumi stack export`, the found ids written to the pending creations, `pulumi stack import` and `pulumi refresh --target` take
 * what these left into the state. (`pulumi refresh --import-pending-creates` of 3.259 only renames the pending operation.)
 */
export async function recover(
  stack: ThrowAwayStack,
  state: () => string,
  doubles: readonly ProviderDouble[],
): Promise<readonly LostCreation[]> {
  await new StrayErrors().settled(() => stack.cancel());
  const lost = findLostCreations(state(), doubles);
  if (pendingOperations(state()).length > 0)
    await stack.editState(
      (deployment) => adopt(deployment, lost),
      lost.map(({ urn }) => urn),
    );
  return lost;
}
