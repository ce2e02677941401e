import { z } from "zod";
import { cniNames } from "../../cluster/cni/manifests.ts";
import { cronExpression } from "./cron-expression.ts";
import { certificateName } from "./endpoint.ts";
import { cidr } from "./primitives.ts";
import { s3Store } from "./s3-store.ts";

const etcdSnapshots = z.strictObject({
  schedule: cronExpression
    .default("0 */6 * * *")
    .describe("Five-field cron expression in the hosts' local time, such as 0 3 * * SUN."),
  retention: z.int().min(1).default(12).describe("How many are kept on each server, and as many for each in S3."),
  s3: s3Store
    .optional()
    .describe("Copies every snapshot to S3; the secret key is the encrypted setting grappe:etcdS3SecretKey."),
});

const nodeLoss = z
  .strictObject({
    statusUpdateSeconds: z
      .int()
      .min(2)
      .max(20)
      .default(4)
      .describe(
        "How often every kubelet gives a sign of life (node-status-update-frequency, and its lease). Kubernetes' own: 10. A sign is a write to etcd: with six nodes and 4 s 1.5 a second, which an SD card on a server feels.",
      ),
    monitorGraceSeconds: z
      .int()
      .min(12)
      .max(300)
      .default(16)
      .describe(
        "Without a sign for this long a node counts as lost, its pods get no requests, and a database fails over (node-monitor-grace-period). Kubernetes' own: 50. A network that stutters for longer makes a needless fail-over.",
      ),
    leaderElectionSeconds: z
      .int()
      .min(6)
      .max(60)
      .default(10)
      .describe(
        "For so long a lost server's controller manager and scheduler are taken for those in charge (leader-elect-lease-duration); the grace begins after that. Kubernetes' own: 15. They stop, and with them k3s, when they can't write to etcd for two thirds of it, so a server on a slow disk wants 15 or more.",
      ),
    tolerationSeconds: z
      .int()
      .min(0)
      .max(3600)
      .default(20)
      .describe(
        "After this long more a lost node's pods are started elsewhere (default-not-ready- and default-unreachable-toleration-seconds). Kubernetes' own: 300. A node that comes back later finds them gone, and the others have had the load.",
      ),
  })
  .superRefine(({ statusUpdateSeconds, monitorGraceSeconds }, context) => {
    if (monitorGraceSeconds >= 3 * statusUpdateSeconds) return;
    const message = `${monitorGraceSeconds}, less than three times statusUpdateSeconds (${statusUpdateSeconds}): one or two late signs of a node that lives would count as its loss; write ${3 * statusUpdateSeconds} or more`;
    context.addIssue({ code: "custom", message, path: ["monitorGraceSeconds"] });
  });

/** Kubernetes: which, which version, and how its nodes and pods are addressed. */
export const cluster = z.strictObject({
  distribution: z.enum(["k3s", "kubeadm"]),
  version: z.string().describe("Exact: v1.36.5+k3s1 for k3s, 1.36.3 for kubeadm. A change upgrades node after node."),
  previousVersion: z
    .string()
    .optional()
    .describe("The version that runs now, while `version` is being changed: a skipped minor is refused at once."),
  cni: z
    .enum(cniNames)
    .default("flannel")
    .describe("routed: bridge and plain routes, no overlay, no image. calico and routed: kubeadm only."),
  kubeProxy: z
    .boolean()
    .default(true)
    .describe("false: the pod network leads from Services to pods in kube-proxy's place (cilium only)."),
  requireNetworkPolicies: z
    .boolean()
    .default(false)
    .describe("Refuse a pod network that enforces no network policies: with kubeadm flannel and routed."),
  flannelBackend: z.enum(["vxlan", "host-gw", "wireguard-native"]).default("vxlan"),
  podCidr: cidr.default("10.42.0.0/16"),
  serviceCidr: cidr.default("10.43.0.0/16"),
  secretsEncryption: z.boolean().default(true).describe("Encrypt Secrets at rest in etcd."),
  schedulableServers: z.boolean().default(true).describe("Servers also run workloads; false taints them."),
  etcdSnapshots: etcdSnapshots.prefault({}),
  apiServerNames: z
    .array(certificateName)
    .default([])
    .describe("Further names and addresses in the API's certificate."),
  drainTimeoutSeconds: z.int().min(10).max(3600).default(300).describe("How long a drain may take before it fails."),
  nodeLoss: nodeLoss.prefault({}).describe("How soon a lost node is noticed, and its pods are started elsewhere."),
  etcdDisk: z
    .strictObject({
      maxFdatasyncMilliseconds: z.number().positive().default(10).describe("p99 of fdatasync that a server may have."),
      allowSlow: z.boolean().default(false).describe("Accept a slower disk, such as an SD card, knowingly."),
    })
    .prefault({}),
  virtualRouterId: z
    .int()
    .min(1)
    .max(255)
    .default(51)
    .describe("VRRP router id of the API address; unique on the network among all keepalived groups."),
});

export type ClusterSettings = z.output<typeof cluster>;
