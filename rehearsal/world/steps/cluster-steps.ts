import { randomBytes } from "node:crypto";
import type { Member } from "../kubernetes/cluster.ts";
import { type Cluster, kubeconfigOf, newCluster } from "../kubernetes/cluster.ts";
import { Refusal } from "../refusal.ts";
import { livingClusters } from "../world.ts";
import { certificateNames, criticalConfig } from "./cluster-config.ts";
import { required, requireMark } from "./host-steps.ts";
import { requireLabelsOfKubelet } from "./kubelet-labels.ts";
import type { Step, StepContext } from "./step.ts";

function requireReady(context: StepContext): void {
  requireMark(context, "artifacts", "Kubernetes is started before its programs were installed");
  if (context.values.has("joinConfig") || context.values.has("initConfig"))
    requireMark(context, "runtime", "kubeadm runs before the container runtime was set up");
}

/** The label by which the cluster knows the machine, from whatever file the node registers with. */
function machineLabelOf({ values }: StepContext): string {
  const texts = [...values.values()].join("\n");
  return /grappe\.dev\/machine[=:]\s*"?([0-9a-f]{16})/.exec(texts)?.[1] ?? "";
}

const day = 86_400_000;

/** Certificates are made for a year. */
const aYearFrom = (now: Date) => new Date(now.getTime() + 365 * day);

/** As `certificates_are_due`: the distribution renews them in their last 120 days, and grappe asks it to in their last 110. */
const isDue = ({ certificatesEnd }: Member, now: Date) => certificatesEnd.getTime() - now.getTime() < 110 * day;

function becomeMember(context: StepContext, cluster: Cluster, role: Member["role"]): void {
  const { machine } = context;
  requireLabelsOfKubelet(context);
  const nodeName = required(context, "nodeName");
  const [version, configHash] = [required(context, "version"), required(context, "configHash")];
  const certificatesEnd = aYearFrom(context.world.now);
  machine.member = { cluster, role, nodeName, version, configHash, certificatesEnd, staged: undefined };
  machine.marks.set("member", nodeName);
  cluster.nodes.set(nodeName, { name: nodeName, machine, machineLabel: machineLabelOf(context) });
  cluster.admitted.delete(nodeName);
}

/** All of a server's configuration, whichever files of its distribution hold it. */
function serverConfig({ values }: StepContext): string {
  return ["config", "initConfig", "clusterConfig"].map((name) => values.get(name) ?? "").join("\n---\n");
}

const bootstrap: Step = (context) => {
  const { machine, world } = context;
  if (machine.member !== undefined) return { stdout: machine.member.cluster.fingerprint, seconds: 1 };
  requireReady(context);
  const config = serverConfig(context);
  const endpoints = certificateNames(config);
  const other = livingClusters(world).find((cluster) => endpoints.some((name) => cluster.endpoints.has(name)));
  if (other !== undefined)
    throw new Refusal(`${machine.name}: a second cluster would be made: one answers at ${endpoints.join(", ")}`);
  const cluster = newCluster(endpoints, criticalConfig(config), () => world.now);
  world.clusters.add(cluster);
  becomeMember(context, cluster, "server");
  // kubeadm init takes 7 s on the lab's hosts with images at hand; a Pi pulls them first.
  return { stdout: cluster.fingerprint, seconds: 40 };
};

/** The cluster that a machine is to join: known by its authority's fingerprint, reached at its endpoint. */
function clusterToJoin(context: StepContext): Cluster {
  const { world, machine, values } = context;
  const texts = [...values.values()].join("\n");
  const fingerprint = /(?:K10|sha256:)([0-9a-f]{64})/.exec(texts)?.[1];
  const endpoint = /(?:apiServerEndpoint: |server: https:\/\/)"?([^:"\s]+):6443/.exec(texts)?.[1];
  const cluster = livingClusters(world).find((one) => one.fingerprint === fingerprint);
  if (cluster === undefined) throw new Refusal(`${machine.name}: the cluster to join was never made, or is gone`);
  if (endpoint === undefined || !cluster.endpoints.has(endpoint))
    throw new Refusal(`${machine.name}: no API server with a certificate for ${endpoint ?? "(none)"} answers`);
  return cluster;
}

function minor(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 0);
}

/**
 * Brings a member to what the step says. A skipped minor is refused, as by `guard_version`; and no machine changes its role
 * without having left.
 */
function change(
  context: StepContext,
  member: Member,
  role: Member["role"],
): { readonly version: string; readonly configHash: string } {
  requireLabelsOfKubelet(context);
  if (member.role !== role) throw new Refusal(`${context.machine.name} is a member as ${member.role}, not as ${role}`);
  const [version, configHash] = [required(context, "version"), required(context, "configHash")];
  if (minor(version) > minor(member.version) + 1)
    throw new Refusal(`${context.machine.name}: from ${member.version} to ${version} a minor version would be skipped`);
  return { version, configHash };
}

function join(context: StepContext, role: Member["role"]): void {
  requireReady(context);
  const cluster = clusterToJoin(context);
  const nodeName = required(context, "nodeName");
  if (!cluster.admitted.has(nodeName))
    throw new Refusal(`${context.machine.name}: ${nodeName} joins before a server admitted it`);
  if (cluster.nodes.has(nodeName)) throw new Refusal(`${nodeName}: a node of this name is in the cluster already`);
  becomeMember(context, cluster, role);
}

/** A server that says otherwise what the cluster was made with doesn't start, or cuts the others off. */
function requireLikeTheOthers(context: StepContext, { made }: Cluster): void {
  const wanted = criticalConfig(serverConfig(context));
  const other = [...made].filter(([name, value]) => wanted.has(name) && wanted.get(name) !== value);
  if (other.length === 0) return;
  const told = other.map(([name, value]) => `${name} is ${wanted.get(name)}, not ${value}`).join(", ");
  throw new Refusal(`${context.machine.name}: critical configuration value mismatch between servers: ${told}`);
}

/**
 * The machine's membership, as its step finds it: a machine that was removed while it was away has none any more, though it takes
 * itself for a member.
 */
function standingMember({ machine }: StepContext): Member | undefined {
  const { member } = machine;
  if (member !== undefined && member.cluster.nodes.get(member.nodeName)?.machine !== machine)
    machine.member = undefined;
  return machine.member;
}

const server: Step = (context) => {
  const { now } = context.world;
  const member = standingMember(context);
  if (member === undefined) {
    requireLikeTheOthers(context, clusterToJoin(context));
    join(context, "server");
    // A second control plane's join with etcd: 16 s on the lab's hosts with images at hand.
    return { seconds: 35 };
  }
  requireLikeTheOthers(context, member.cluster);
  const wanted = change(context, member, "server");
  const isSame = wanted.configHash === member.configHash && wanted.version === member.version;
  if (isSame && !isDue(member, now)) return { seconds: 2 };
  Object.assign(member, wanted);
  if (isDue(member, now)) member.certificatesEnd = aYearFrom(now);
  // Drained, restarted, Ready again.
  return { seconds: 75 };
};

const agent: Step = (context) => {
  const member = standingMember(context);
  if (member === undefined) {
    join(context, "agent");
    // A worker's join takes 1 s on the lab's hosts with images at hand.
    return { seconds: 10 };
  }
  const wanted = change(context, member, "agent");
  const isChanged = wanted.configHash !== member.configHash || wanted.version !== member.version;
  // A kubelet of kubeadm's renews its own.
  if (isChanged || (context.values.has("certificateMonth") && isDue(member, context.world.now))) member.staged = wanted;
  return { seconds: 1 };
};

/** A server that isn't a member has nothing to say of other nodes. */
function clusterSpokenFor({ machine }: StepContext): Cluster | undefined {
  return machine.member?.role === "server" ? machine.member.cluster : undefined;
}

const admission: Step = (context) => {
  const cluster = clusterSpokenFor(context);
  if (cluster === undefined) return { seconds: 0 };
  const [nodeName, machine] = [required(context, "nodeName"), required(context, "machine")];
  const known = cluster.nodes.get(nodeName);
  if (known?.machineLabel === machine || context.machine.member?.nodeName === nodeName) return { seconds: 1 };
  cluster.nodes.delete(nodeName);
  cluster.admitted.add(nodeName);
  return { seconds: 2 };
};

const membership: Step = (context) => {
  const cluster = clusterSpokenFor(context);
  if (cluster === undefined) return { seconds: 0 };
  const nodeName = required(context, "nodeName");
  const node = cluster.nodes.get(nodeName);
  if (node === undefined) throw new Refusal(`${nodeName} didn't appear among the nodes within 180 s`);
  const { member } = node.machine;
  if (member === undefined || required(context, "role") === "server") return { seconds: 3 };
  const staged = member.staged;
  if (staged !== undefined && staged.configHash === required(context, "configHash")) {
    const servers = [...cluster.nodes.values()].filter((one) => one.machine.member?.role === "server");
    if (servers.some((one) => minor(one.machine.member?.version ?? "") < minor(staged.version)))
      throw new Refusal(`${nodeName}: its kubelet would be newer than the API server`);
    Object.assign(member, staged, { staged: undefined, certificatesEnd: aYearFrom(context.world.now) });
    return { seconds: 60 };
  }
  if (member.configHash !== required(context, "configHash"))
    throw new Refusal(`${nodeName} was told to wait for a configuration that nobody staged on it`);
  return { seconds: 12 };
};

const removal: Step = (context) => {
  const cluster = clusterSpokenFor(context);
  const nodeName = required(context, "nodeName");
  if (cluster === undefined || context.machine.member?.nodeName === nodeName) return { seconds: 0 };
  const node = cluster.nodes.get(nodeName);
  if (node !== undefined && node.machineLabel !== required(context, "machine")) return { seconds: 1 };
  cluster.nodes.delete(nodeName);
  cluster.admitted.delete(nodeName);
  // Evictions with their grace of 30 s.
  return { seconds: 35 };
};

/** Evictions with their grace of 30 s; the wait for the turn isn't simulated, as a call of the provider can't wait for another. */
const beforeResize: Step = (context) => {
  const cluster = clusterSpokenFor(context);
  if (cluster?.nodes.has(required(context, "nodeName")) !== true) return { seconds: 1 };
  const servers = [...cluster.nodes.values()].filter((one) => one.machine.member?.role === "server");
  if (servers.length > 1 && context.machine.member?.nodeName === required(context, "nodeName"))
    throw new Refusal(`${context.machine.name}: a server drains itself, though another one could`);
  return { seconds: 35 };
};

const afterResize: Step = (context) => {
  required(context, "nodeName");
  return { seconds: clusterSpokenFor(context) === undefined ? 1 : 45 };
};

export function requireServer(context: StepContext): Cluster {
  const cluster = clusterSpokenFor(context);
  if (cluster === undefined) throw new Refusal(`${context.machine.name}: no API server runs here`);
  return cluster;
}

const kubeconfig: Step = (context) => {
  const cluster = requireServer(context);
  const address = required(context, "apiAddress");
  if (!cluster.endpoints.has(address)) throw new Refusal(`https://${address}:6443/readyz didn't answer`);
  const key = randomBytes(120).toString("base64");
  cluster.administrators.set(key, context.machine.member?.certificatesEnd ?? context.world.now);
  context.world.secrets.add(key);
  return { stdout: kubeconfigOf(cluster, "127.0.0.1", key), seconds: 4 };
};

/** Steps that make a cluster, keep its nodes, and look at it from a server. */
export const clusterSteps: Readonly<Record<string, Step>> = {
  runtime: (context) => {
    requireMark(context, "artifacts", "the runtime is set up before its programs were installed");
    context.machine.marks.set("runtime", required(context, "version"));
    return { seconds: 6 };
  },
  routes: (context) => {
    requireMark(context, "prepared", "routes on a machine that was never prepared");
    context.machine.marks.set("routes", required(context, "podSubnet"));
    return { seconds: 1 };
  },
  bootstrap,
  server,
  agent,
  admission,
  membership,
  removal,
  kubeconfig,
  "before-resize": beforeResize,
  "after-resize": afterResize,
};
