import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Labels } from "../settings/schema/node.ts";

type PodSpec = types.input.core.v1.PodSpec;
type Container = types.input.core.v1.Container;
type Probe = types.input.core.v1.Probe;
type Volume = Omit<types.input.core.v1.Volume, "name"> & { readonly name: string };

/** What runs: one container, alike in every pod. */
export interface WorkloadPod {
  /** Name of the workload; its pods' label. */
  readonly name: string;
  /** Image reference with an exact tag or digest. */
  readonly image: string;
  /** Name of the ConfigMap whose files are mounted as `/app`. Default: `/app` is the image's own. */
  readonly sources?: Input<string>;
  /** What runs, in place of the image's own entry point. */
  readonly command?: readonly string[];
  /** Its arguments, in place of the image's own. */
  readonly args?: readonly string[];
  /** Port on which it serves HTTP. Default: none; then nothing is asked whether it serves. */
  readonly port?: number;
  /** Further ports, by name. */
  readonly ports?: Readonly<Record<string, FurtherPort>>;
  /** Not secret: what is, is a Secret's. */
  readonly environment?: Readonly<Record<string, Input<string>>>;
  /** Variables that are keys of a Secret of their names. A change of it is another Secret. */
  readonly secretEnvironment?: { readonly secret: Input<string>; readonly names: readonly string[] };
  /** Fields of the pod that the program is told, by name of the variable, such as `NODE_NAME: "spec.nodeName"`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Path that answers 200 while the program lives. Default: `/healthz`. */
  readonly livenessPath?: string;
  /** Path that answers 200 while it can serve. Default: `/readyz`. */
  readonly readinessPath?: string;
  /** In place of these two paths: what somebody else's program answers. */
  readonly probes?: Probes;
  readonly mounts?: readonly Mount[];
  /** Id that it runs as, its group, and its volumes' group; 0 may become other users, too. Default: 65534. */
  readonly user?: number;
  /** Default: false; then it writes to what is mounted only. */
  readonly writesToRoot?: boolean;
  readonly resources: WorkloadResources;
  /** Labels that a node must have. A change moves the pods, one after another. */
  readonly placement?: Labels;
}

export interface FurtherPort {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

export interface Probes {
  readonly startup: Probe;
  readonly liveness: Probe;
  readonly readiness: Probe;
}

/** Something of the container's files that isn't its image's. */
export interface Mount {
  readonly path: string;
  /** Where several mounts are of one volume, it is the same in each. */
  readonly volume: Volume;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

export interface WorkloadResources {
  /** CPU asked for, such as `20m`. There is no limit: an idle core is nobody's. */
  readonly cpu: string;
  /** Memory asked for and limit at once, such as `96Mi`, so that a pod never lives on memory that it wasn't promised. */
  readonly memory: string;
}

/** Seconds between a pod's removal from its Service and its SIGTERM: until then every node has heard of it. */
const leaveSeconds = 5;
/** Seconds that a pod has to end its requests, `leaveSeconds` included. */
const terminationSeconds = 30;

const nobody = 65534;
/** Below it a port is root's, unless the pod says otherwise. */
const unprivileged = 1024;

export function workloadLabels(name: string): Labels {
  return { "app.kubernetes.io/name": name };
}

function probe(path: string, port: number, rest: Probe): Probe {
  return { httpGet: { path, port }, timeoutSeconds: 2, ...rest };
}

/** By the paths of our own programs. */
function ownProbes({ livenessPath = "/healthz", readinessPath = "/readyz" }: WorkloadPod, port: number): Probes {
  return {
    startup: probe(livenessPath, port, { periodSeconds: 1, failureThreshold: 60 }),
    liveness: probe(livenessPath, port, { periodSeconds: 10, failureThreshold: 3 }),
    readiness: probe(readinessPath, port, { periodSeconds: 2, failureThreshold: 2 }),
  };
}

function environment(pod: WorkloadPod): types.input.core.v1.EnvVar[] {
  const values = Object.entries(pod.environment ?? {}).map(([name, value]) => ({ name, value }));
  const fields = Object.entries(pod.fields ?? {}).map(([name, fieldPath]) => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  }));
  const { secret: from, names } = pod.secretEnvironment ?? { secret: "", names: [] };
  const secrets = names.map((name) => ({ name, valueFrom: { secretKeyRef: { name: from, key: name } } }));
  // Variables may name those before them: `$(PASSWORD)`.
  return [...secrets, ...fields, ...values];
}

/** What is mounted, the sources of our own programs included. */
function mountsOf({ sources, mounts = [] }: WorkloadPod): readonly Mount[] {
  if (sources === undefined) return mounts;
  return [{ path: "/app", volume: { name: "sources", configMap: { name: sources } }, readOnly: true }, ...mounts];
}

function container(pod: WorkloadPod): Container {
  const { cpu, memory } = pod.resources;
  const probes = pod.probes ?? (pod.port === undefined ? undefined : ownProbes(pod, pod.port));
  const further = Object.entries(pod.ports ?? {}).map(([name, { port, protocol }]) => ({
    name,
    containerPort: port,
    protocol,
  }));
  const ports = [...(pod.port === undefined ? [] : [{ name: "http", containerPort: pod.port }]), ...further];
  const volumeMounts = mountsOf(pod).map(({ path, volume, subPath, readOnly }) => ({
    name: volume.name,
    mountPath: path,
    ...(subPath === undefined ? {} : { subPath }),
    ...(readOnly === true ? { readOnly } : {}),
  }));
  return {
    name: pod.name,
    image: pod.image,
    imagePullPolicy: "IfNotPresent",
    ...(pod.command === undefined ? {} : { command: [...pod.command] }),
    ...(pod.args === undefined ? {} : { args: [...pod.args] }),
    env: environment(pod),
    ports,
    ...(probes === undefined
      ? {}
      : { startupProbe: probes.startup, livenessProbe: probes.liveness, readinessProbe: probes.readiness }),
    resources: { requests: { cpu, memory }, limits: { memory } },
    ...(volumeMounts.length === 0 ? {} : { volumeMounts }),
    // The kubelet itself sleeps: no image needs a shell for it.
    lifecycle: { preStop: { sleep: { seconds: leaveSeconds } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: pod.writesToRoot !== true,
      // Who is root by wish changes owners and becomes another user, as its image's start-up does.
      ...(pod.user === 0 ? {} : { capabilities: { drop: ["ALL"] } }),
    },
  };
}

function podSecurity({ user = nobody, port, ports = {}, mounts = [] }: WorkloadPod): PodSpec["securityContext"] {
  const listens = [...(port === undefined ? [] : [port]), ...Object.values(ports).map((further) => further.port)];
  const isPrivileged = user !== 0 && listens.some((each) => each < unprivileged);
  const isClaimed = mounts.some(({ volume }) => volume.persistentVolumeClaim !== undefined);
  return {
    runAsNonRoot: user !== 0,
    runAsUser: user,
    runAsGroup: user,
    // Large volumes are looked through once, and not at every start.
    ...(isClaimed ? { fsGroup: user, fsGroupChangePolicy: "OnRootMismatch" } : {}),
    ...(isPrivileged ? { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] } : {}),
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** The pods: restricted by Kubernetes' own standard, spread over the nodes, ended without a lost request. */
export function podSpec(pod: WorkloadPod): PodSpec {
  const volumes = new Map(mountsOf(pod).map(({ volume }) => [volume.name, volume]));
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: terminationSeconds,
    nodeSelector: pod.placement === undefined ? {} : { ...pod.placement },
    topologySpreadConstraints: [
      {
        topologyKey: "kubernetes.io/hostname",
        maxSkew: 1,
        // A cluster that lost nodes still runs every replica.
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: workloadLabels(pod.name) },
        // Counts this version's pods only, so that the new ones of an update are spread as well.
        matchLabelKeys: ["pod-template-hash"],
      },
    ],
    securityContext: podSecurity(pod),
    containers: [container(pod)],
    ...(volumes.size === 0 ? {} : { volumes: [...volumes.values()] }),
  };
}
