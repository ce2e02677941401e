import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { kubernetesReplacement } from "../../rehearsal/doubles/kubernetes/replacement.ts";
import { objectsOfChart } from "../../rehearsal/world/kubernetes/chart-objects.ts";
import { type Fields, forbiddenChanges } from "../../rehearsal/world/kubernetes/immutability.ts";
import { chartName } from "../../rehearsal/world/kubernetes/kinds.ts";
import type { Graph, Registered } from "../unit/platform/registered-graph.ts";

/** Resources that hold data, or take everything that does with them: none is made anew, and none goes unless it is to go. */
const holders = /^kubernetes:(core\/v1:(PersistentVolumeClaim|Namespace)|apps\/v1:StatefulSet|helm\.sh\/v3:Release)$/;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** Paths at which two values differ, as the engine writes them. */
function differences(before: unknown, after: unknown, path = ""): readonly string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isFields(before) || !isFields(after)) return [path];
  const inner = (name: string) => (Array.isArray(after) ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
    differences(before[name], after[name], inner(name)),
  );
}

/** An object with the field at a path as another one has it. */
function withFieldOf(object: Fields, other: unknown, path: string): Fields {
  const [first = "", ...rest] = path.split(".");
  const found = isFields(other) ? other[first] : undefined;
  if (rest.length > 0)
    return { ...object, [first]: withFieldOf(isFields(object[first]) ? object[first] : {}, found, rest.join(".")) };
  const { [first]: _, ...others } = object;
  return found === undefined ? others : { ...others, [first]: found };
}

/** Inputs as the engine hands them to the provider: what is to be ignored is what it was. */
const effective = (was: Registered, is: Registered): Fields =>
  is.ignoreChanges.reduce<Fields>((inputs, path) => withFieldOf(inputs, was.inputs, path), is.inputs);

/** Classes whose volumes can grow, as the platform makes them. */
const expands = (storageClass: string) => storageClass === "nfs-client";

function objectFaults(was: Registered, is: Registered): readonly string[] {
  const after = effective(was, is);
  const replacing = differences(was.inputs, after).filter((path) =>
    kubernetesReplacement(is.type).replaceOn(path.split(/[.[]/)[0] ?? "", path),
  );
  if (replacing.length > 0) return holders.test(is.type) ? [`${is.name} is replaced: ${replacing.join()}`] : [];
  const [, group = "", kind = ""] = /^kubernetes:([^/]*)\/[^:]*:(.*)$/.exec(is.type) ?? [];
  const change = { before: was.inputs, after, expands };
  return forbiddenChanges(group === "core" ? "" : group, kind, change).map((fault) => `${is.name}: ${fault}`);
}

const release = z.object({
  chart: z.string(),
  name: z.string(),
  values: z.record(z.string(), z.unknown()).default({}),
});

/** What Helm would be refused; objects that the chart makes no more are its to remove. */
function releaseFaults(was: Registered, is: Registered): readonly string[] {
  const [old, next] = [release.parse(was.inputs), release.parse(is.inputs)];
  const chart = chartName(next.chart);
  const before = objectsOfChart(chart, old);
  return objectsOfChart(chart, next).flatMap(({ apiVersion, kind, name, fields }) => {
    const former = before.find((one) => one.kind === kind && one.name === name);
    const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
    if (former === undefined) return [];
    return forbiddenChanges(group, kind, { before: former.fields, after: fields, expands }).map(
      (fault) => `${is.name}: ${kind} ${name}: ${fault}`,
    );
  });
}

/** All that what one program made can't take of what another makes, with the words of whoever refuses it. */
export function whatLivesCannotTake(before: Graph, after: Graph): readonly string[] {
  const isKubernetes = ({ type }: Registered) => type.startsWith("kubernetes:");
  const standing = new Map(before.resources.filter(isKubernetes).map((one) => [`${one.type} ${one.name}`, one]));
  return after.resources.filter(isKubernetes).flatMap((is) => {
    const was = standing.get(`${is.type} ${is.name}`);
    if (was === undefined) return [];
    return [...objectFaults(was, is), ...(is.type.endsWith(":Release") ? releaseFaults(was, is) : [])];
  });
}
