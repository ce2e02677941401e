import { isPlainMap, type Plain, type PlainMap } from "../provider-protocol/property-value.ts";

/** The value at a path in a Kubernetes object; `undefined` where any part of it is missing. */
export function at(value: Plain | undefined, ...path: readonly (string | number)[]): Plain | undefined {
  let current = value;
  for (const step of path) {
    if (typeof step === "number") current = listOf(current)[step];
    else current = isPlainMap(current) ? current[step] : undefined;
  }
  return current;
}

export function listOf(value: Plain | undefined): readonly Plain[] {
  return Array.isArray(value) ? value : [];
}

export function mapOf(value: Plain | undefined): PlainMap {
  return isPlainMap(value) ? value : {};
}

export function textAt(value: Plain | undefined, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function numberAt(value: Plain | undefined, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** An annotation's value; annotations of Pulumi say how a provider treats an object. */
export function annotationOf(object: PlainMap, name: string): string | undefined {
  return textAt(object, "metadata", "annotations", name);
}

export function isAnnotated(object: PlainMap, name: string): boolean {
  return annotationOf(object, name) === "true";
}

/** The condition of a type in an object's status. */
export function conditionOf(object: PlainMap, type: string): PlainMap | undefined {
  const found = listOf(at(object, "status", "conditions")).find((condition) => textAt(condition, "type") === type);
  return isPlainMap(found) ? found : undefined;
}

export function isTrue(object: PlainMap, condition: string): boolean {
  return textAt(conditionOf(object, condition), "status") === "True";
}
