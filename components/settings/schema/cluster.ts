import { z } from "zod";
import { parseCron } from "../cron.ts";
import { bucketFolder, bucketName, certificateName, plainWord, regionName, s3Endpoint } from "./endpoint.ts";
import { cidr } from "./primitives.ts";

/** What k3s' cron and systemd's calendar both understand. */
const cronExpression = z.string().superRefine((text, context) => {
  const parsed = parseCron(text);
  if (!("fault" in parsed)) return;
  const message = `no cron expression that k3s and systemd understand: ${parsed.fault}; write five fields, such as 0 */6 * * *`;
  context.addIssue({ code: "custom", message });
});

const etcdSnapshots = z.strictObject({
  schedule: cronExpression
    .default("0 */6 * * *")
    .describe("Five-field cron expression in the hosts' local time, such as 0 3 * * SUN."),
  retention: z.int().min(1).default(12).describe("How many are kept on each server."),
  s3: z
    .strictObject({
      endpoint: s3Endpoint.default("s3.amazonaws.com"),
      bucket: bucketName,
      region: regionName.default("us-east-1"),
      folder: bucketFolder.default(""),
      accessKey: plainWord,
    })
    .optional()
    .describe("Copies every snapshot to S3; the secret key is the encrypted setting grappe:etcdS3SecretKey."),
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
    .enum(["flannel", "calico", "routed"])
    .default("flannel")
    .describe("routed: bridge and plain routes, no overlay, no image (kubeadm only)."),
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
