import type { OutputMap } from "@pulumi/pulumi/automation/index.js";
import { RunError } from "@pulumi/pulumi/errors.js";

/** What stands in a secret's place, as Pulumi writes it. */
const hidden = "[secret]";

/** A stack's outputs (pure), secret ones hidden unless they are asked for. */
export function describeOutputs(outputs: OutputMap, showSecrets = false): Readonly<Record<string, unknown>> {
  const entries = Object.entries(outputs).map(([key, { value, secret }]) => [
    key,
    secret && !showSecrets ? hidden : value,
  ]);
  return Object.fromEntries(entries);
}

/** One output (pure) as it is, for a file or another program: text as text, all else as JSON. @throws RunError without it */
export function plainOutput(outputs: OutputMap, key: string): string {
  const output = outputs[key];
  if (output === undefined) {
    const known = Object.keys(outputs).toSorted().join(", ");
    throw new RunError(
      `${key}: The stack has no such output. ${known === "" ? "It has none: ./grappe up" : `It has: ${known}.`}`,
    );
  }
  return typeof output.value === "string" ? output.value : JSON.stringify(output.value, undefined, 2);
}

/** The outputs as lines (pure), for people. */
export function outputLines(outputs: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(outputs).map(
    ([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
}
