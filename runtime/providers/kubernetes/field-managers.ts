import { randomBytes } from "node:crypto";
import { annotationOf, listOf, mapOf, textAt } from "../../kubernetes-api/json-path.ts";
import { isPlainMap, type Plain, type PlainMap } from "../../provider-protocol/property-value.ts";

/**
 * The name under which an object's fields are owned: its annotation's, else what the state has, else a new one. (So a
 * creation that was killed leaves a name that the next one doesn't have, unless the object is annotated.)
 */
export function fieldManagerOf(object: PlainMap, before: string): string {
  const annotated = annotationOf(object, "pulumi.com/patchFieldManager");
  return annotated ?? (before || `pulumi-kubernetes-${randomBytes(4).toString("hex")}`);
}

/** Managers that owned a plain update's fields before this resource was applied: the official provider takes theirs over. */
const overtaken: readonly (readonly [manager: string, operation: string])[] = [
  ["kubectl", "Apply"],
  ["kubectl", "Update"],
  ["before-first-apply", "Update"],
  ["pulumi-kubernetes", "Update"],
  ["pulumi-resource-kubernetes", "Update"],
];

function isOvertaken(entry: Plain): boolean {
  if (textAt(entry, "subresource")) return false;
  return overtaken.some(
    ([manager, operation]) => textAt(entry, "manager") === manager && textAt(entry, "operation") === operation,
  );
}

/** The union of two field sets: FieldsV1 is a tree of `f:…` keys. */
function union(one: PlainMap, other: PlainMap): PlainMap {
  const merged: Record<string, Plain> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const present = merged[key];
    merged[key] = isPlainMap(present) && isPlainMap(value) ? union(present, value) : value;
  }
  return merged;
}

/**
 * The managed fields (pure) after `fieldManager` took over those of an earlier plain create or kubectl: without that, a
 * field that the program no longer sets would stay for ever. `undefined`: there is nothing to take over.
 */
export function takenOver(object: PlainMap, fieldManager: string): readonly Plain[] | undefined {
  const entries = listOf(mapOf(object.metadata).managedFields);
  const taken = entries.filter(isOvertaken);
  const [first] = taken;
  if (first === undefined) return undefined;
  const isOwn = (entry: Plain) => textAt(entry, "manager") === fieldManager && textAt(entry, "operation") === "Apply";
  const own = entries.filter(isOwn);
  const fields = [...own, ...taken].map((entry) => mapOf(mapOf(entry).fieldsV1)).reduce(union, {});
  const base = mapOf(own[0] ?? first);
  const merged: PlainMap = { ...base, manager: fieldManager, operation: "Apply", fieldsV1: fields };
  return [...entries.filter((entry) => !isOwn(entry) && !isOvertaken(entry)), merged];
}
