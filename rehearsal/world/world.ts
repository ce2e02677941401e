import { type Cloud, type CloudOffer, emptyCloud, leftInCloud } from "./cloud/cloud.ts";
import { type Cluster, foreignObjects, type Node } from "./kubernetes/cluster.ts";
import { leftOnMachine, type Machine } from "./machine.ts";

/** All that a rehearsal touches instead of the real one. */
export interface World {
  readonly cloud: Cloud;
  /** Machines that stand before the first run, by `address:port`. */
  readonly machines: Map<string, Machine>;
  /** The computers inside the cloud's instances, by instance id. */
  readonly instances: Map<string, Machine>;
  readonly clusters: Set<Cluster>;
  /** Secrets that were made on the way, such as a kubeconfig's key, for the search for leaks. */
  readonly secrets: Set<string>;
  /** The time in there. */
  now: Date;
  /** Names of machines that bear one machine id. */
  readonly cloned: Set<string>;
}

export function newWorld(offer: CloudOffer, machines: ReadonlyMap<string, Machine>): World {
  return {
    cloud: emptyCloud(offer),
    machines: new Map(machines),
    instances: new Map(),
    clusters: new Set(),
    secrets: new Set(),
    now: new Date(),
    cloned: new Set(),
  };
}

/** The machines that stand: an instance's goes with it. */
export function standingMachines(world: World): Machine[] {
  const instances = [...world.instances].filter(([id]) => world.cloud.instances.has(id));
  return [...world.machines.values(), ...instances.map(([, machine]) => machine)];
}

/** The clusters that still have a server: with its last one a cluster is gone, and all that was in it. */
export function livingClusters(world: World): Cluster[] {
  const servers = standingMachines(world).filter((machine) => machine.member?.role === "server");
  return [...world.clusters].filter((cluster) => servers.some((machine) => machine.member?.cluster === cluster));
}

/** Nodes that living clusters still know though their machine is gone or was reset: each should have been removed before. */
export function forgottenNodes(world: World): string[] {
  const standing = new Set<Node["machine"]>(standingMachines(world));
  return livingClusters(world).flatMap((cluster) =>
    [...cluster.nodes.values()]
      .filter(({ machine }) => !standing.has(machine) || machine.member?.cluster !== cluster)
      .map(({ name }) => name),
  );
}

/** What a destroyed stack left behind in the world, one line each. */
export function leftInWorld(world: World): string[] {
  const clusters = livingClusters(world).flatMap((cluster) => [
    ...[...cluster.nodes.keys()].map((name) => `node ${name}`),
    ...foreignObjects(cluster).map((object) => `${object.kind} ${object.namespace ?? ""}/${object.name}`),
  ]);
  return [...leftInCloud(world.cloud), ...[...world.machines.values()].flatMap(leftOnMachine), ...clusters];
}
