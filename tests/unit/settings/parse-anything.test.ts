import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Config, problemsOf, stackConfig, stackFileConfig } from "./stack-files.ts";

/** Every place in a value, by the steps that lead to it. */
function places(value: unknown, steps: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [steps];
  return [steps, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...steps, key]))];
}

/** A copy in which the value at a place is another one; `undefined` takes it out. */
function replaced(value: unknown, [step, ...others]: readonly string[], by: unknown): unknown {
  if (step === undefined || typeof value !== "object" || value === null) return by;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    key === step ? replaced(inner, others, by) : inner,
  ]);
  return Array.isArray(value)
    ? entries.map(([, inner]) => inner).filter((inner) => inner !== undefined)
    : Object.fromEntries(entries);
}

const asConfig = (value: unknown): Config => (typeof value === "object" && value !== null ? { ...value } : {});

/** Values that are near to valid ones, and any others. */
const anything = fc.oneof(
  fc.constantFrom(undefined, null, "", "0.0.0.0/0", "255.255.255.255", "10.0.0.0/31", "__proto__", -1, 2, 1e9, [], {}),
  fc.ipV4(),
  fc.ipV4().map((address) => `${address}/24`),
  fc.tuple(fc.ipV4(), fc.ipV4()).map(([first, last]) => `${first}-${last}`),
  fc.json().map((text): unknown => JSON.parse(text)),
);

describe.each(["pi", "dev"])("any change of %s", (stack) => {
  const valid = stackFileConfig(stack);
  const all = places(valid).filter((steps) => steps.length > 0);

  it("gives settings or readable problems, and never another error", () => {
    const inherited = all.map((steps): [{ steps: readonly string[]; by: unknown }[]] => [[{ steps, by: "__proto__" }]]);
    const mutation = fc.record({ steps: fc.constantFrom(...all), by: anything });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const mutated = mutations.reduce<unknown>((config, { steps, by }) => replaced(config, steps, by), valid);
        for (const { path, reason, fix } of problemsOf(stackConfig(asConfig(mutated)))) {
          expect(path).toMatch(/^grappe:/);
          expect(reason).toMatch(/[.!?]$/);
          expect(fix.length).toBeGreaterThan(5);
          expect(`${reason} ${fix}`).not.toMatch(/undefined|NaN|\[object|Invalid input|\bis is\b/);
        }
      }),
      { numRuns: 400, examples: inherited },
    );
  });

  it("text that isn't JSON is a problem, too", () => {
    fc.assert(
      fc.property(fc.constantFrom("site", "cluster", "platform", "apps", "artifacts"), fc.string(), (room, text) => {
        problemsOf(stackConfig({ ...valid, [`grappe:${room}`]: text }));
      }),
    );
  });
});
