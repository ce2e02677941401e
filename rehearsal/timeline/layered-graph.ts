import type { GraphResource, ResourceGraph } from "./resource-graph.ts";

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

export interface LayeredGraph {
  /** Columns from left to right; each resource stands right of all that it waits for. */
  readonly layers: readonly (readonly GraphResource[])[];
  /** The edges that say something: none that follows from others. */
  readonly edges: readonly GraphEdge[];
}

/** Real resources only: components and providers group and configure, and wait for nothing themselves. */
function isShown(resource: GraphResource): boolean {
  return resource.custom && !resource.type.startsWith("pulumi:providers:");
}

/** What a shown resource waits for among the shown ones, through those that aren't. */
function shownDependencies(graph: ResourceGraph, resource: GraphResource): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const queue = [...resource.dependencies];
  for (let urn = queue.pop(); urn !== undefined; urn = queue.pop()) {
    const dependency = graph.get(urn);
    if (dependency === undefined || seen.has(urn)) continue;
    seen.add(urn);
    if (isShown(dependency)) found.add(urn);
    else queue.push(...dependency.dependencies);
  }
  return found;
}

function ancestorsOf(
  urn: string,
  direct: ReadonlyMap<string, ReadonlySet<string>>,
  known: Map<string, Set<string>>,
): Set<string> {
  const before = known.get(urn);
  if (before !== undefined) return before;
  const all = new Set<string>();
  known.set(urn, all);
  for (const dependency of direct.get(urn) ?? []) {
    all.add(dependency);
    for (const ancestor of ancestorsOf(dependency, direct, known)) all.add(ancestor);
  }
  return all;
}

function depths(direct: ReadonlyMap<string, ReadonlySet<string>>): Map<string, number> {
  const known = new Map<string, number>();
  const depthOf = (urn: string): number => {
    const before = known.get(urn);
    if (before !== undefined) return before;
    known.set(urn, 0);
    const depth = Math.max(0, ...[...(direct.get(urn) ?? [])].map((dependency) => depthOf(dependency) + 1));
    known.set(urn, depth);
    return depth;
  };
  for (const urn of direct.keys()) depthOf(urn);
  return known;
}

/** Orders each column by where what its resources wait for stands, so that few edges cross. */
function ordered(columns: GraphResource[][], edges: readonly GraphEdge[]): GraphResource[][] {
  const place = new Map<string, number>();
  const before = Map.groupBy(edges, (edge) => edge.to);
  return columns.map((column) => {
    const weight = (resource: GraphResource): number => {
      const places = (before.get(resource.urn) ?? []).map((edge) => place.get(edge.from) ?? 0);
      return places.length === 0 ? 0 : places.reduce((sum, one) => sum + one, 0) / places.length;
    };
    const sorted = column.toSorted((a, b) => weight(a) - weight(b) || a.name.localeCompare(b.name));
    sorted.forEach((resource, index) => {
      place.set(resource.urn, index / Math.max(1, sorted.length));
    });
    return sorted;
  });
}

/** Lays the graph out in columns, without the edges that follow from others. */
export function layered(graph: ResourceGraph): LayeredGraph {
  const shown = [...graph.values()].filter(isShown);
  const direct = new Map(shown.map((resource) => [resource.urn, shownDependencies(graph, resource)]));
  const ancestors = new Map<string, Set<string>>();
  const edges = shown.flatMap(({ urn }) => {
    const dependencies = [...(direct.get(urn) ?? [])];
    const implied = new Set(dependencies.flatMap((dependency) => [...ancestorsOf(dependency, direct, ancestors)]));
    return dependencies.filter((dependency) => !implied.has(dependency)).map((from) => ({ from, to: urn }));
  });
  const depth = depths(direct);
  const columns = Array.from({ length: Math.max(0, ...depth.values()) + 1 }, (): GraphResource[] => []);
  for (const resource of shown) columns[depth.get(resource.urn) ?? 0]?.push(resource);
  return { layers: ordered(columns, edges), edges };
}
