import { Asset, isMap, type PropertyMap, type PropertyValue, Secret, Unknown } from "../property-value.ts";
import type { CheckFailure } from "../resource.ts";
import type { DeclaredObject, DeclaredObjects, DeclaredType } from "./declared-type.ts";

function describe(type: DeclaredType): string {
  switch (type.kind) {
    case "literal":
      return JSON.stringify(type.value);
    case "array":
      return `a list of ${describe(type.element)}`;
    case "map":
      return `a map of ${describe(type.element)}`;
    case "union":
      return type.options.map(describe).join(" or ");
    case "object":
      return type.name;
    default:
      return type.kind;
  }
}

function kindOf(value: PropertyValue): string {
  if (value === null) return "null";
  if (value instanceof Asset) return value.kind;
  return Array.isArray(value) ? "a list" : isMap(value) ? "an object" : `${typeof value} ${JSON.stringify(value)}`;
}

function checkObject(path: string, map: PropertyMap, object: DeclaredObject, objects: DeclaredObjects): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  for (const [name, property] of Object.entries(object.properties)) {
    const value = map[name];
    if (value === undefined || value === null) {
      if (property.required) failures.push({ property: at(name), reason: `Missing required property '${at(name)}'` });
    } else failures.push(...checkValue(at(name), value, property.type, objects));
  }
  if (object.open) return failures;
  for (const name of Object.keys(map))
    if (!(name in object.properties) && !name.startsWith("__"))
      failures.push({ property: at(name), reason: `'${at(name)}' is not an expected property` });
  return failures;
}

function checkScalar(path: string, value: PropertyValue, type: DeclaredType, fits: boolean): CheckFailure[] {
  return fits ? [] : [{ property: path, reason: `'${path}' expected ${describe(type)}, got ${kindOf(value)}` }];
}

function checkUnion(
  path: string,
  value: PropertyValue,
  type: DeclaredType & { kind: "union" },
  objects: DeclaredObjects,
): CheckFailure[] {
  const attempts = type.options.map((option) => checkValue(path, value, option, objects));
  if (attempts.some((failures) => failures.length === 0)) return [];
  const structured = attempts.filter((_, index) => type.options[index]?.kind === "object");
  // An object can only mean the one interface of the union: its own failures say more than the union does.
  return isMap(value) && structured.length === 1 && structured[0] !== undefined
    ? structured[0]
    : checkScalar(path, value, type, false);
}

function checkValue(path: string, value: PropertyValue, type: DeclaredType, objects: DeclaredObjects): CheckFailure[] {
  if (value instanceof Secret) return checkValue(path, value.value, type, objects);
  if (value instanceof Unknown || type.kind === "any") return [];
  switch (type.kind) {
    case "asset":
      return checkScalar(path, value, type, value instanceof Asset);
    case "literal":
      return checkScalar(path, value, type, value === type.value);
    case "array":
      if (!Array.isArray(value)) return checkScalar(path, value, type, false);
      return [...value].flatMap((one, index) => checkValue(`${path}[${index}]`, one, type.element, objects));
    case "map":
      if (!isMap(value)) return checkScalar(path, value, type, false);
      return Object.entries(value).flatMap(([name, one]) => checkValue(`${path}.${name}`, one, type.element, objects));
    case "union":
      return checkUnion(path, value, type, objects);
    case "object": {
      const object = objects[type.name];
      if (!isMap(value) || object === undefined) return checkScalar(path, value, type, false);
      return checkObject(path, value, object, objects);
    }
    default:
      return checkScalar(path, value, type, typeof value === type.kind);
  }
}

/** What is wrong with a resource's inputs: missing, unknown and wrongly typed properties, each with its path. */
export function checkInputs(inputs: PropertyMap, root: string, objects: DeclaredObjects): CheckFailure[] {
  const object = objects[root];
  if (object === undefined) throw new Error(`The interface ${root} was never read.`);
  return checkObject("", inputs, object, objects);
}
