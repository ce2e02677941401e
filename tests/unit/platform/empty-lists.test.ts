import { expect, test } from "vitest";
import { change, stackFileConfig } from "../settings/stack-files.ts";
import { graphOf } from "./registered-graph.ts";

/** Paths of the empty lists in a value. */
function emptyLists(value: unknown, path = ""): string[] {
  if (Array.isArray(value) && value.length === 0) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => emptyLists(part, `${path}.${key}`));
}

// Kubernetes' API leaves empty lists out of what it is given, and so each `up` would put them back.
test.each(["pi", "dev", "lab"])("no object of %s has an empty list", async (stack) => {
  const graph = await graphOf(change(stackFileConfig(stack), { "apps.calculator": {}, "apps.edge": {} }));
  const objects = graph.resources.filter(({ type }) => type.startsWith("kubernetes:") && !type.includes("helm"));
  expect(objects.length).toBeGreaterThan(10);
  const found = objects.flatMap(({ name, inputs }) => emptyLists(inputs).map((path) => `${name}${path}`));
  expect(found).toEqual([]);
});
