import { createHash } from "node:crypto";
import {
  isMap,
  type PropertyMap,
  type PropertyValue,
  Secret,
  Unknown,
} from "../../provider-protocol/property-value.ts";

const autonamed = "pulumi.com/autonamed";

function metadataOf(inputs: PropertyMap): PropertyMap {
  const metadata = inputs.metadata instanceof Secret ? inputs.metadata.value : inputs.metadata;
  return metadata !== undefined && isMap(metadata) ? metadata : {};
}

function annotationsOf(inputs: PropertyMap): PropertyMap {
  const { annotations } = metadataOf(inputs);
  return annotations !== undefined && isMap(annotations) ? annotations : {};
}

function isNamed(inputs: PropertyMap): boolean {
  const { name } = metadataOf(inputs);
  return name instanceof Unknown || name instanceof Secret || (typeof name === "string" && name !== "");
}

/** Whether the name was given by the provider, not by the program. */
export function isAutonamed(inputs: PropertyMap): boolean {
  return annotationsOf(inputs)[autonamed] === "true";
}

function withName(inputs: PropertyMap, name: PropertyValue): PropertyMap {
  const annotations = { ...annotationsOf(inputs), [autonamed]: "true" };
  return { ...inputs, metadata: { ...metadataOf(inputs), name, annotations } };
}

/**
 * Names an object (pure) that the program did not name: the name it got before, else the resource's name and eight
 * hexadecimal digits from the seed. An annotation keeps in mind that a replacement may have another name.
 */
export function withAutoname(
  resourceName: string,
  inputs: PropertyMap,
  before: PropertyMap,
  seed: Uint8Array,
): PropertyMap {
  if (isNamed(inputs)) return inputs;
  const { name } = metadataOf(before);
  if (isAutonamed(before) && name !== undefined) return withName(inputs, name);
  const suffix = createHash("sha256").update(seed).digest("hex").slice(0, 8);
  return withName(inputs, `${resourceName}-${suffix}`);
}
