import { decodeMap, type WireMap } from "../runtime/provider-protocol/property-value.ts";
import type { Candidate } from "../runtime/recovery/adoption.ts";
import { type LookUp, recoverStack } from "../runtime/recovery/recover-stack.ts";
import type { Interrupted } from "../runtime/state/deployment.ts";
import { mendAttributes } from "../runtime/state/state-files.ts";
import type { ProviderDouble } from "./doubles/provider-double.ts";
import { StrayErrors } from "./engine/stray-errors.ts";
import type { ThrowAwayStack } from "./engine/throw-away-stack.ts";

function doubleOf(doubles: readonly ProviderDouble[], { type }: Interrupted): ProviderDouble | undefined {
  return doubles.find(({ name }) => type.startsWith(`${name}:`));
}

/** Looks up in the simulated world what interrupted operations left. */
export function lookUpIn(doubles: readonly ProviderDouble[]): LookUp {
  return async (interrupted): Promise<Candidate[]> => {
    const inputs: WireMap = JSON.parse(JSON.stringify(interrupted.inputs));
    const double = doubleOf(doubles, interrupted);
    const ids = double?.lookUp?.(interrupted.type, decodeMap(inputs)) ?? [];
    return ids.map((id) => ({
      id,
      description: interrupted.name,
      ...(double?.settle === undefined
        ? {}
        : { unfinished: "resume", settle: async () => double.settle?.(interrupted.type, id) }),
    }));
  };
}

/** What a person does after a crash, before running `pulumi up` again: `./grappe recover`, with its own code. */
export async function recover(stack: ThrowAwayStack, doubles: readonly ProviderDouble[]): Promise<void> {
  await mendAttributes(stack.stateFile);
  await new StrayErrors().settled(async () => {
    await recoverStack(stack.automation, { lookUp: lookUpIn(doubles) });
  });
}
