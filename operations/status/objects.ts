import { z } from "zod";

/** What status reads of Kubernetes' objects; all else is left out. */
const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(""),
  creationTimestamp: z.string().default(""),
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  ownerReferences: z.array(z.object({ kind: z.string() })).default([]),
});

const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(""),
  message: z.string().default(""),
  lastTransitionTime: z.string().nullish(),
});

const conditions = z.array(condition).default([]);

const taint = z.object({ key: z.string(), value: z.string().optional(), effect: z.string() });

export const node = z.object({
  metadata,
  spec: z.object({ unschedulable: z.boolean().default(false), taints: z.array(taint).default([]) }).prefault({}),
  status: z.object({
    conditions,
    addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]),
    nodeInfo: z.object({ kubeletVersion: z.string() }),
  }),
});

const ended = z.object({ exitCode: z.number(), reason: z.string().default("") });

const containerStatus = z.object({
  name: z.string(),
  restartCount: z.number().default(0),
  state: z
    .object({
      waiting: z.object({ reason: z.string().default(""), message: z.string().default("") }).optional(),
      terminated: ended.optional(),
    })
    .prefault({}),
});

export const pod = z.object({
  metadata,
  spec: z.object({ nodeName: z.string().optional() }).prefault({}),
  status: z
    .object({
      phase: z.string().default("Pending"),
      reason: z.string().default(""),
      message: z.string().default(""),
      conditions,
      initContainerStatuses: z.array(containerStatus).default([]),
      containerStatuses: z.array(containerStatus).default([]),
    })
    .prefault({}),
});

export const claim = z.object({
  metadata,
  spec: z.object({ storageClassName: z.string().optional() }).prefault({}),
  status: z.object({ phase: z.string().default("Pending") }).prefault({}),
});

export const service = z.object({
  metadata,
  spec: z.object({ type: z.string().default("ClusterIP") }).prefault({}),
  status: z.object({ loadBalancer: z.object({ ingress: z.array(z.unknown()).default([]) }).prefault({}) }).prefault({}),
});

/** A Deployment, StatefulSet or DaemonSet, which count their pods by different names. */
export const workload = z.object({
  metadata,
  spec: z.object({ replicas: z.number().optional() }).prefault({}),
  status: z
    .object({
      readyReplicas: z.number().default(0),
      desiredNumberScheduled: z.number().optional(),
      numberReady: z.number().default(0),
    })
    .prefault({}),
});

export const job = z.object({ metadata, status: z.object({ conditions }).prefault({}) });

/** The Secret of one revision of a Helm release, without what it holds. */
export const releaseRevision = z.object({
  metadata: metadata.extend({ labels: z.object({ name: z.string(), status: z.string(), version: z.string() }) }),
});

/** A snapshot as k3s records it (docs.k3s.io/cli/etcd-snapshot). */
export const k3sSnapshot = z.object({
  spec: z.object({ snapshotName: z.string(), nodeName: z.string(), s3: z.unknown().optional() }),
  status: z.object({ readyToUse: z.boolean().default(false), creationTime: z.string().optional() }).prefault({}),
});

/** A database of CloudNativePG's. */
export const databaseCluster = z.object({
  metadata,
  spec: z
    .object({
      plugins: z
        .array(
          z.object({
            isWALArchiver: z.boolean().default(false),
            parameters: z.record(z.string(), z.string()).default({}),
          }),
        )
        .default([]),
    })
    .prefault({}),
  status: z.object({ conditions }).prefault({}),
});

const moment = z.string().nullish();

/** Where the plugin for backups saves databases, and what of each is there (its api/v1/objectstore_types.go). */
export const objectStore = z.object({
  metadata,
  status: z
    .object({
      serverRecoveryWindow: z
        .record(
          z.string(),
          z.object({
            firstRecoverabilityPoint: moment,
            lastSuccessfulBackupTime: moment,
            lastFailedBackupTime: moment,
          }),
        )
        .default({}),
    })
    .prefault({}),
});

export const configMap = z.object({ data: z.record(z.string(), z.string()).default({}) });

export type Condition = z.output<typeof condition>;
export type NodeObject = z.output<typeof node>;
export type PodObject = z.output<typeof pod>;
export type ClaimObject = z.output<typeof claim>;
export type ServiceObject = z.output<typeof service>;
export type WorkloadObject = z.output<typeof workload>;
export type JobObject = z.output<typeof job>;
export type ReleaseRevision = z.output<typeof releaseRevision>;
export type DatabaseCluster = z.output<typeof databaseCluster>;
export type ObjectStore = z.output<typeof objectStore>;
export type K3sSnapshot = z.output<typeof k3sSnapshot>;
