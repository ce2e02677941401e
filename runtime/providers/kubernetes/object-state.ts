import { textAt } from "../../kubernetes-api/json-path.ts";
import {
  isMap,
  isPlainMap,
  type Plain,
  type PlainMap,
  type PropertyMap,
  type PropertyValue,
  revealMap,
  Secret,
  Unknown,
} from "../../provider-protocol/property-value.ts";

/** Keys of a resource's state beside the live object, as the official provider names them. */
const inputsKey = "__inputs";
const initialApiVersionKey = "__initialApiVersion";
const fieldManagerKey = "__fieldManager";

function bare(value: PropertyValue | undefined): PropertyValue | undefined {
  return value instanceof Secret ? bare(value.value) : value;
}

function renameKeys<Value>(value: Value, rename: (key: string) => string): Value;
function renameKeys(value: Plain, rename: (key: string) => string): Plain {
  if (Array.isArray(value)) return value.map((part) => renameKeys(part, rename));
  if (!isPlainMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [rename(key), renameKeys(part, rename)]));
}

/** Kubernetes' `x-kubernetes-…` can't be a property's name in the SDKs: there it is `x_kubernetes_…`. */
const toDashes = (key: string): string => (key.startsWith("x_kubernetes_") ? key.replaceAll("_", "-") : key);
const toUnderscores = (key: string): string => (key.startsWith("x-kubernetes-") ? key.replaceAll("-", "_") : key);

/** Inputs as the API server takes them: no marks, no internal keys. Throws if a part isn't known yet. */
export function manifestOf(inputs: PropertyMap): PlainMap {
  const known = Object.entries(inputs).filter(([key]) => !key.startsWith("__"));
  return renameKeys(revealMap(Object.fromEntries(known)), toDashes);
}

function encodeText(value: PropertyValue): PropertyValue {
  if (value instanceof Secret) return new Secret(encodeText(value.value));
  return typeof value === "string" ? Buffer.from(value).toString("base64") : value;
}

/** A Secret's `stringData` is write-only: it becomes `data`, so that what is wanted can be compared with what is there. */
export function normalize(inputs: PropertyMap): PropertyMap {
  const texts = bare(inputs.stringData);
  if (bare(inputs.kind) !== "Secret" || bare(inputs.apiVersion) !== "v1" || !isMap(texts)) return inputs;
  const data = bare(inputs.data);
  const encoded = Object.entries(texts).map(([key, value]) => [key, encodeText(value)]);
  const { stringData: _, ...rest } = inputs;
  return { ...rest, data: { ...(isMap(data) ? data : {}), ...Object.fromEntries(encoded) } };
}

function containsSecret(value: PropertyValue): boolean {
  if (value instanceof Secret) return true;
  if (isMap(value)) return Object.values(value).some(containsSecret);
  return Array.isArray(value) && value.some(containsSecret);
}

/** Marks secret what is secret in the inputs, and the whole contents of a Secret. */
export function withSecrets(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  const marked: Record<string, PropertyValue> = { ...outputs };
  const mark = (key: string) => {
    const value = marked[key];
    if (value !== undefined && !(value instanceof Secret)) marked[key] = new Secret(value);
  };
  if (bare(outputs.kind) === "Secret") {
    mark("data");
    mark("stringData");
    return marked;
  }
  for (const [key, input] of Object.entries(inputs)) {
    const output = marked[key];
    if (output === undefined) continue;
    if (isMap(output) && isMap(input)) marked[key] = withSecrets(output, input);
    else if (containsSecret(input)) mark(key);
  }
  return marked;
}

export interface Checkpoint {
  readonly inputs: PropertyMap;
  readonly live: PlainMap;
  readonly initialApiVersion: string;
  readonly fieldManager: string;
}

/** A resource's state: the live object, and beside it what the provider must know the next time. */
export function checkpoint({ inputs, live, initialApiVersion, fieldManager }: Checkpoint): PropertyMap {
  const object: PropertyMap = renameKeys(live, toUnderscores);
  return {
    ...withSecrets(object, inputs),
    [inputsKey]: withSecrets(inputs, inputs),
    [initialApiVersionKey]: initialApiVersion,
    [fieldManagerKey]: fieldManager,
  };
}

/** Takes a state apart again. */
export function parseCheckpoint(state: PropertyMap): Checkpoint {
  const inputs = bare(state[inputsKey]);
  const live = manifestOf(state);
  return {
    inputs: isMap(inputs) ? inputs : {},
    live,
    initialApiVersion: String(bare(state[initialApiVersionKey]) ?? textAt(live, "apiVersion") ?? ""),
    fieldManager: String(bare(state[fieldManagerKey]) ?? ""),
  };
}

function pruneValue(live: Plain, wanted: PropertyValue | undefined): Plain {
  const shape = bare(wanted);
  if (isPlainMap(live) && shape !== undefined && isMap(shape)) return prune(live, shape);
  if (Array.isArray(live) && Array.isArray(shape)) {
    return live.slice(0, shape.length).map((value, index) => pruneValue(value, shape[index]));
  }
  return live;
}

/** What the live object has at the places that the inputs spoke of; the rest is the cluster's own business. */
export function prune(live: PlainMap, inputs: PropertyMap): PlainMap {
  const kept = Object.entries(live).filter(([key]) => inputs[key] !== undefined && !(inputs[key] instanceof Unknown));
  return Object.fromEntries(kept.map(([key, value]) => [key, pruneValue(value, inputs[key])]));
}
