import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Labels } from "../settings/schema/node.ts";

type PodSpec = types.input.core.v1.PodSpec;
type Container = types.input.core.v1.Container;
type Probe = types.input.core.v1.Probe;

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
  /** Port on which it serves HTTP; 1024 or above, as it runs without rights. */
  readonly port: number;
  /** Not secret: a Secret is mounted, not put into the environment. */
  readonly environment?: Readonly<Record<string, Input<string>>>;
  /** Fields of the pod that the program is told, by name of the variable, such as `NODE_NAME: "spec.nodeName"`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Path that answers 200 while the program lives. Default: `/healthz`. */
  readonly livenessPath?: string;
  /** Path that answers 200 while it can serve. Default: `/readyz`. */
  readonly readinessPath?: string;
  readonly resources: WorkloadResources;
  /** Labels that a node must have. A change moves the pods, one after another. */
  readonly placement?: Labels;
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

const user = 65534;

export function workloadLabels(name: string): Labels {
  return { "app.kubernetes.io/name": name };
}

function probe(path: string, port: number, rest: Probe): Probe {
  return { httpGet: { path, port }, timeoutSeconds: 2, ...rest };
}

function container(pod: WorkloadPod): Container {
  const { cpu, memory } = pod.resources;
  const values = Object.entries(pod.environment ?? {}).map(([name, value]) => ({ name, value }));
  const fields = Object.entries(pod.fields ?? {}).map(([name, fieldPath]) => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  }));
  return {
    name: pod.name,
    image: pod.image,
    imagePullPolicy: "IfNotPresent",
    ...(pod.command === undefined ? {} : { command: [...pod.command] }),
    env: [...values, ...fields],
    ports: [{ name: "http", containerPort: pod.port }],
    startupProbe: probe(pod.livenessPath ?? "/healthz", pod.port, { periodSeconds: 1, failureThreshold: 60 }),
    livenessProbe: probe(pod.livenessPath ?? "/healthz", pod.port, { periodSeconds: 10, failureThreshold: 3 }),
    readinessProbe: probe(pod.readinessPath ?? "/readyz", pod.port, { periodSeconds: 2, failureThreshold: 2 }),
    resources: { requests: { cpu, memory }, limits: { memory } },
    ...(pod.sources === undefined ? {} : { volumeMounts: [{ name: "sources", mountPath: "/app", readOnly: true }] }),
    // The kubelet itself sleeps: no image needs a shell for it.
    lifecycle: { preStop: { sleep: { seconds: leaveSeconds } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}

/** The pods: restricted by Kubernetes' own standard, spread over the nodes, ended without a lost request. */
export function podSpec(pod: WorkloadPod): PodSpec {
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
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container(pod)],
    ...(pod.sources === undefined ? {} : { volumes: [{ name: "sources", configMap: { name: pod.sources } }] }),
  };
}
