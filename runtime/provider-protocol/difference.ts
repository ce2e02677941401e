import { Asset, isMap, type PropertyMap, type PropertyValue, Secret, Unknown } from "./property-value.ts";

/** One difference: the path as the engine writes it (`spec.ports[0].port`), and what happened there. */
export interface Difference {
  readonly path: string;
  /** The property at the top of the path. */
  readonly property: string;
  readonly kind: "add" | "delete" | "update";
}

function bare(value: PropertyValue | undefined): PropertyValue | undefined {
  return value instanceof Secret ? bare(value.value) : value;
}

function isAbsent(value: PropertyValue | undefined): boolean {
  return value === undefined || value === null;
}

function walk(path: string, property: string, before: PropertyValue, after: PropertyValue): Difference[] {
  const old = bare(before);
  const next = bare(after);
  if (isAbsent(old) && isAbsent(next)) return [];
  if (isAbsent(old)) return [{ path, property, kind: "add" }];
  if (isAbsent(next)) return [{ path, property, kind: "delete" }];
  if (next instanceof Unknown || old instanceof Unknown) return [{ path, property, kind: "update" }];
  if (old instanceof Asset && next instanceof Asset)
    return old.hash === next.hash ? [] : [{ path, property, kind: "update" }];
  if (isMap(old) && isMap(next)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
    return names.flatMap((name) => walk(`${path}.${name}`, property, old[name] ?? null, next[name] ?? null));
  }
  if (Array.isArray(old) && Array.isArray(next)) {
    const length = Math.max(old.length, next.length);
    return Array.from({ length }, (_, index) =>
      walk(`${path}[${index}]`, property, old[index] ?? null, next[index] ?? null),
    ).flat();
  }
  return old === next ? [] : [{ path, property, kind: "update" }];
}

/** What differs between two sets of properties; secrecy alone is no difference, an unknown value always is. */
export function differences(before: PropertyMap, after: PropertyMap): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !name.startsWith("__"));
  return names.flatMap((name) => walk(name, name, before[name] ?? null, after[name] ?? null));
}
