import type { InputTypes } from "../../runtime/provider-protocol/input-types/input-types.ts";
import { type PropertyMap, secretTexts } from "../../runtime/provider-protocol/property-value.ts";
import { randomOutputs, randomResult, randomVersion } from "../../runtime/providers/random/random-result.ts";
import { Refusal } from "../world/refusal.ts";
import type { Effect, ProviderDouble } from "./provider-double.ts";

/**
 * The `random` provider: real results, secret where the real ones are, replaced on any change.
 *
 * @param secrets takes every secret that is made, for the search for leaks
 */
export function randomDouble(types: InputTypes, secrets: Set<string>): ProviderDouble {
  const generate = (type: string, inputs: PropertyMap): Effect<{ id: string; outputs: PropertyMap }> => {
    const { id, outputs } = randomResult(type, inputs);
    for (const text of secretTexts(outputs)) secrets.add(text);
    return { result: { id, outputs: { ...inputs, ...outputs } }, seconds: 0 };
  };
  return {
    name: "random",
    version: randomVersion,
    check: (subject, _before, inputs) => ({ inputs, failures: types.check(subject.type, inputs) }),
    rule: () => ({ replaceOn: () => true, deleteBeforeReplace: () => false }),
    unknownOutputs: (subject) => randomOutputs(subject.type),
    create: (subject, inputs) => generate(subject.type, inputs),
    exists: () => true,
    // Never asked for: every changed input replaces.
    update: (_subject, _id, state, inputs) => ({ result: { ...state, ...inputs }, seconds: 0 }),
    delete: () => ({ result: undefined, seconds: 0 }),
    invoke: (token) => {
      throw new Refusal(`The random provider has no function ${token}.`);
    },
  };
}
