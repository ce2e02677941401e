/** A resource of a state, and all that had to stand before it. */
export interface GraphResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly custom: boolean;
  readonly parent: string | undefined;
  /** Everything that it waits for: dependencies, its parent, its provider, and what it is deleted with. */
  readonly dependencies: readonly string[];
  /** The old half of a replacement that isn't finished. */
  readonly pendingDeletion: boolean;
}

export type ResourceGraph = ReadonlyMap<string, GraphResource>;

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom?: boolean;
  readonly delete?: boolean;
  readonly parent?: string;
  readonly provider?: string;
  readonly deletedWith?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
}

interface Checkpoint {
  readonly checkpoint?: {
    readonly latest?: {
      readonly resources?: readonly StateResource[] | null;
    } | null;
  };
}

/** `urn:…::name::id` of a provider reference is the provider's URN and id. */
function providerUrn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}

function dependenciesOf(resource: StateResource): string[] {
  const byProperty = Object.values(resource.propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
  const others = [resource.parent, resource.deletedWith].filter((urn) => urn !== undefined);
  const provider = resource.provider === undefined ? [] : [providerUrn(resource.provider)];
  return [...new Set([...(resource.dependencies ?? []), ...byProperty, ...others, ...provider])];
}

/** The resources of a checkpoint file, as the file backend writes it. */
export function graphOfState(text: string): ResourceGraph {
  const file: Checkpoint = JSON.parse(text);
  const resources = file.checkpoint?.latest?.resources ?? [];
  return new Map(
    resources.map((resource) => [
      resource.urn,
      {
        urn: resource.urn,
        type: resource.type,
        name: resource.urn.split("::").slice(3).join("::"),
        id: resource.id ?? "",
        custom: resource.custom === true,
        parent: resource.parent,
        dependencies: dependenciesOf(resource),
        pendingDeletion: resource.delete === true,
      },
    ]),
  );
}

/** A cycle in the graph, as the URNs along it; `undefined` if there is none. */
export function cycleIn(graph: ResourceGraph): readonly string[] | undefined {
  const done = new Set<string>();
  const walk = (urn: string, path: readonly string[]): readonly string[] | undefined => {
    if (done.has(urn)) return undefined;
    const start = path.indexOf(urn);
    if (start >= 0) return [...path.slice(start), urn];
    for (const dependency of graph.get(urn)?.dependencies ?? []) {
      const cycle = walk(dependency, [...path, urn]);
      if (cycle !== undefined) return cycle;
    }
    done.add(urn);
    return undefined;
  };
  for (const urn of graph.keys()) {
    const cycle = walk(urn, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
