import { z } from "zod";

const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A qualified name, as labels and taints have: `[subdomain/]name` (apimachinery, util/validation, IsQualifiedName). */
export function isQualifiedName(text: string): boolean {
  const [first = "", second, ...others] = text.split("/");
  if (others.length > 0) return false;
  if (second === undefined) return name.test(first);
  return first.length <= 253 && subdomain.test(first) && name.test(second);
}

const qualifiedName = z
  .string()
  .refine(
    isQualifiedName,
    "not a name for a label or taint; write up to 63 letters, digits, hyphens, dots and underscores, with a lower-case domain and a slash before where needed",
  );

/** A label's or a taint's value (apimachinery, util/validation, IsValidLabelValue). */
export const labelValue = z
  .string()
  .regex(
    /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
    "not a label's value; write up to 63 letters, digits, hyphens, dots and underscores, the first and last a letter or digit",
  );

/** Labels that pods look for in a node: anybody's, Kubernetes' own included. */
export const nodeSelector = z.record(qualifiedName, labelValue);

/** What the kubelet finds out itself and writes again at every start, whatever stands there. */
const foundByKubelet = [
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
];

/** Of Kubernetes' own domains the kubelet takes these labels, and those below two subdomains (k8s.io/kubelet, well_known_labels.go). */
const takenByKubelet = [
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
  "node.kubernetes.io/instance-type",
  "beta.kubernetes.io/instance-type",
];

const isOrEndsWith = (domain: string, suffix: string) => domain === suffix || domain.endsWith(`.${suffix}`);

/** Why the kubelet refuses a label, or undoes it; undefined if it takes it (cmd/kubelet/app/options, ValidateKubeletFlags). */
export function labelFault(label: string): string | undefined {
  if (foundByKubelet.includes(label)) return "a label that the kubelet sets itself; remove it";
  const domain = label.includes("/") ? label.slice(0, label.indexOf("/")) : "";
  const isKubernetes = isOrEndsWith(domain, "kubernetes.io") || isOrEndsWith(domain, "k8s.io");
  if (!isKubernetes || takenByKubelet.includes(label)) return undefined;
  if (["kubelet.kubernetes.io", "node.kubernetes.io"].some((taken) => isOrEndsWith(domain, taken))) return undefined;
  return "in a domain of Kubernetes' own, in which the kubelet takes no such label; write it under a name of your own, such as example.org/role";
}

const kubeletLabel = qualifiedName.superRefine((label, context) => {
  const message = isQualifiedName(label) ? labelFault(label) : undefined;
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** Labels of a node: those that its kubelet takes. */
export const labels = z.record(kubeletLabel, labelValue);

/** Taints by which Kubernetes itself says how a node is (k8s.io/api/core/v1, well_known_taints.go). */
const ownTaints = ["node.kubernetes.io", "node.cloudprovider.kubernetes.io"];

const taintKey = qualifiedName
  .refine(
    (key) => !ownTaints.includes(key.split("/")[0] ?? ""),
    "a taint by which Kubernetes says how a node is, and which it takes away again; choose a name of your own",
  )
  .refine(
    (key) => !/^node-role\.kubernetes\.io\/(control-plane|master|etcd)$/.test(key),
    "the servers' own taint; write `schedulableServers: false` in grappe:cluster instead of it",
  );

/** A taint of a node. */
export const taint = z.strictObject({
  key: taintKey,
  value: labelValue.optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
});

/** Taints of a node; one of a key and effect (pkg/util/taints, ParseTaints: «duplicated taints»). */
export const taints = z.array(taint).superRefine((all, context) => {
  for (const [index, { key, effect }] of all.entries()) {
    if (!all.slice(0, index).some((other) => other.key === key && other.effect === effect)) continue;
    context.addIssue({
      code: "custom",
      path: [index],
      message: `the second taint ${key} with ${effect}, and the kubelet refuses duplicated taints; remove one`,
    });
  }
});

export type Taint = z.output<typeof taint>;
export type Labels = z.output<typeof labels>;
