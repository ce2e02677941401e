import { textAt } from "../../kubernetes-api/json-path.ts";
import { differences } from "../../provider-protocol/difference.ts";
import {
  isMap,
  type PlainMap,
  type PropertyMap,
  type PropertyValue,
  Secret,
} from "../../provider-protocol/property-value.ts";
import type { Checked } from "../../provider-protocol/resource.ts";
import type { Call, CheckRequest, DiffRequest, Verdict } from "../live-provider.ts";
import type { Cluster } from "./cluster.ts";
import { isAutonamed, withAutoname } from "./naming.ts";
import { normalize, parseCheckpoint, prune, withSecrets } from "./object-state.ts";
import { replacedBy, replaces } from "./replacement.ts";

/** Kinds without a namespace, so that a default namespace isn't given to them; others are looked up. */
const clusterScoped =
  /^(Namespace|Node|PersistentVolume|StorageClass|Cluster\w*|\w*WebhookConfiguration|CustomResourceDefinition|PriorityClass|RuntimeClass|CSIDriver|IngressClass|APIService)$/;

const kindOf = (object: PlainMap): string => `${textAt(object, "apiVersion")}/${textAt(object, "kind")}`;

/** Whether a resource owns but some fields of an object that others made. */
export const isPatch = (type: string): boolean => type.endsWith("Patch");

/** Names its kind and checks nothing else: the API server is the judge. */
export async function checkObject(call: Call, cluster: Cluster, request: CheckRequest): Promise<Checked> {
  const { name, type } = call.subject;
  const inputs = normalize(request.inputs);
  const named = isPatch(type) ? inputs : withAutoname(name, inputs, request.before, request.seed);
  const { metadata } = named;
  const failures = isMap(metadata ?? null) ? [] : [{ property: "metadata", reason: "metadata.name must be set" }];
  if (!isMap(metadata ?? null) || metadata === undefined || !isMap(metadata)) return { inputs: named, failures };
  const kind = type.split(":").at(-1) ?? "";
  const isDefaulted =
    cluster.defaultNamespace !== undefined && metadata.namespace === undefined && !clusterScoped.test(kind);
  const placed = isDefaulted ? { ...named, metadata: { ...metadata, namespace: cluster.defaultNamespace } } : named;
  return { inputs: withSecrets(placed, request.inputs), failures };
}

/** Whether a path leads to an empty object: the API server drops those, and the official provider sees no change in them. */
function isEmptyAt(inputs: PropertyMap, path: string): boolean {
  let value: PropertyValue | undefined = inputs;
  for (const step of path.split(/[.[\]]+/).filter((part) => part !== "")) {
    const bare: PropertyValue | undefined = value instanceof Secret ? value.value : value;
    if (Array.isArray(bare)) value = bare[Number(step)];
    else value = isMap(bare) ? bare[step] : undefined;
  }
  return isMap(value) && Object.keys(value).length === 0;
}

/** Compares what the inputs say with what the cluster had at the same places. */
export async function diffObject(cluster: Cluster, request: DiffRequest): Promise<Verdict> {
  const { live, inputs: before } = parseCheckpoint(request.state);
  const after = normalize(request.after);
  const pruned = prune(live, normalize(before));
  const canonical = (map: PropertyMap): PropertyMap => {
    const metadata = map.metadata instanceof Secret ? map.metadata.value : map.metadata;
    if (metadata === undefined || !isMap(metadata)) return map;
    const { namespace: _, ...rest } = metadata;
    const isDefault = metadata.namespace === undefined || metadata.namespace === "default";
    return isDefault ? { ...map, metadata: rest } : map;
  };
  const properties = replacedBy(kindOf(live), live.immutable === true, cluster.mutability);
  const found = differences(canonical(pruned), canonical(after)).filter(
    ({ kind, path }) => kind !== "add" || !isEmptyAt(after, path),
  );
  const isReplaced = found.some(({ path }) => replaces(path, properties));
  const keepsName = !found.some(({ path }) => path === "metadata.name" || path === "metadata.namespace");
  return {
    differences: found,
    replaces: (path) => replaces(path, properties),
    deleteBeforeReplace: isReplaced && keepsName && !isAutonamed(after),
  };
}
