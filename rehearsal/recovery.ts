import type { Candidate } from "../operations/recovery/adoption.ts";
import { type PendingCreation, parseDeployment, pendingCreations } from "../operations/recovery/deployment.ts";
import { type LookUp, recoverStack } from "../operations/recovery/recover-stack.ts";
import { decodeMap, type WireMap } from "./doubles/property-value.ts";
import type { ProviderDouble } from "./doubles/provider-double.ts";
import { StrayErrors } from "./engine/stray-errors.ts";
import type { ThrowAwayStack } from "./engine/throw-away-stack.ts";
import { pendingOperations } from "./timeline/resource-graph.ts";

function doubleOf(doubles: readonly ProviderDouble[], { type }: PendingCreation): ProviderDouble | undefined {
  return doubles.find(({ name }) => type.startsWith(`${name}:`));
}

/** Looks up in the simulated world what creations left. */
export function lookUpIn(doubles: readonly ProviderDouble[]): LookUp {
  return async (creation): Promise<Candidate[]> => {
    const inputs: WireMap = JSON.parse(JSON.stringify(creation.inputs));
    const ids = doubleOf(doubles, creation)?.lookUp?.(creation.type, decodeMap(inputs)) ?? [];
    return ids.map((id) => ({ id, description: creation.name }));
  };
}

/**
 * What a person does after a crash, before running `pulumi up` again. Where something can be left that must be found, that is
 * `npm run recover`, with its own code; elsewhere `pulumi cancel`, which takes the dead run's lock away, is enough.
 */
export async function recover(
  stack: ThrowAwayStack,
  state: () => string,
  doubles: readonly ProviderDouble[],
): Promise<void> {
  await new StrayErrors().settled(async () => {
    const pending = parseDeployment({ pending_operations: pendingOperations(state()) });
    const mayBeLeft = pendingCreations(pending).some((one) => doubleOf(doubles, one)?.lookUp !== undefined);
    if (mayBeLeft) await recoverStack(stack.automation, { lookUp: lookUpIn(doubles) });
    else await stack.automation.cancel();
  });
}
