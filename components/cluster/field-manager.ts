import * as pulumi from "@pulumi/pulumi";

/** The name under which the program owns the fields of its objects in Kubernetes, in every run. */
const fieldManager = "grappe";
const annotation = "pulumi.com/patchFieldManager";

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object's own fields (pure): the annotation by which the provider takes our name for its server-side apply. */
export function withFieldManager(props: Record<string, unknown>): Record<string, unknown> {
  const { metadata } = props;
  if (!isRecord(metadata) || pulumi.Output.isInstance(metadata)) return props;
  const annotations = pulumi.Output.isInstance(metadata.annotations)
    ? metadata.annotations.apply((present) => ({ ...(isRecord(present) ? present : {}), [annotation]: fieldManager }))
    : { ...(isRecord(metadata.annotations) ? metadata.annotations : {}), [annotation]: fieldManager };
  return { ...props, metadata: { ...metadata, annotations } };
}

function isObject(type: string): boolean {
  return type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/");
}

/**
 * Lets the program own all its objects under one name. By itself the provider takes a new name for every creation: what a
 * killed run had made would stay owned by a name that nobody has any more, and the next change would be refused as a conflict
 * with it. Other managers' fields are still respected, as with `enablePatchForce` they wouldn't be.
 */
export function ownObjects(): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    isObject(type) ? { props: withFieldManager(props), opts } : undefined,
  );
}
