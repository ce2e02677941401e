import { auditLogOptions } from "../audit-log.ts";
import type { Control } from "./control.ts";
import { strongCiphers } from "./strong-ciphers.ts";

const byKubeadm = "kubeadm sets it";
const byK3s = "sets it itself";
const defaultValue = "Kubernetes' own default";
const flags = (program: string) => `ps -C ${program} -o args=`;

interface Row {
  readonly number: string;
  readonly asks: string;
  readonly automated?: true;
}

/** What the distributions do by themselves. */
const byThemselves = (program: string, row: Row): Control => ({
  ...row,
  answer: byKubeadm,
  answerOfK3s: byK3s,
  look: flags(program),
});

const automated = true;

const admission = "admission control";

/** Chapter 1.2: the API server. */
const apiServer: readonly Control[] = [
  {
    number: "1.2.1",
    asks: "no anonymous requests",
    answer:
      "kubeadm's joins read the cluster's fingerprint, and its probes the health, without a name; roles let anonymous requests read no more than that and the version",
    answerOfK3s: byK3s,
    look: "kubectl auth can-i --list --as system:anonymous",
  },
  { number: "1.2.2", asks: "no token file", automated, answer: defaultValue, look: flags("kube-apiserver") },
  {
    number: "1.2.3",
    asks: "DenyServiceExternalIPs",
    sets: { apiServer: [["enable-admission-plugins", "NodeRestriction,DenyServiceExternalIPs"]] },
    answer: "set: no Service takes other machines' addresses",
    look: flags("kube-apiserver"),
  },
  byThemselves("kube-apiserver", { number: "1.2.4", asks: "client certificate towards kubelets", automated }),
  {
    number: "1.2.5",
    asks: "kubelets' certificates are verified",
    automated,
    setsByKubeadm: { apiServer: [["kubelet-certificate-authority", "/etc/kubernetes/pki/ca.crt"]] },
    answer: "set; the kubelets' are signed by the cluster (4.2.9)",
    answerOfK3s: byK3s,
    look: flags("kube-apiserver"),
  },
  byThemselves("kube-apiserver", { number: "1.2.6", asks: "authorization isn't AlwaysAllow", automated }),
  byThemselves("kube-apiserver", { number: "1.2.7", asks: "authorization by Node", automated }),
  byThemselves("kube-apiserver", { number: "1.2.8", asks: "authorization by RBAC", automated }),
  {
    number: "1.2.9",
    asks: `${admission}: EventRateLimit`,
    answer: "not set (alpha): priority and fairness, on by default, keeps a flood of events from starving others",
    look: "kubectl get flowschemas",
  },
  { number: "1.2.10", asks: `${admission}: not AlwaysAdmit`, automated, answer: defaultValue },
  {
    number: "1.2.11",
    asks: `${admission}: AlwaysPullImages`,
    answer:
      "not set: a shop whose line is down, or whose images came in a bundle, couldn't start a pod again. One tenant per cluster",
  },
  { number: "1.2.12", asks: `${admission}: ServiceAccount`, automated, answer: defaultValue },
  { number: "1.2.13", asks: `${admission}: NamespaceLifecycle`, automated, answer: defaultValue },
  { number: "1.2.14", asks: `${admission}: NodeRestriction`, automated, answer: "set with 1.2.3" },
  {
    number: "1.2.15",
    asks: "no profiling",
    automated,
    sets: { apiServer: [["profiling", "false"]] },
    answer: "set",
    look: flags("kube-apiserver"),
  },
  {
    number: "1.2.16",
    asks: "audit log: where",
    automated,
    sets: { apiServer: [auditLogOptions.path] },
    answer: "set: /var/log/grappe/audit, for root only",
    look: "ls -l /var/log/grappe/audit",
  },
  {
    number: "1.2.17",
    asks: "audit log: 30 days",
    automated,
    sets: { apiServer: [auditLogOptions.days] },
    answer: "set, as long as it takes no more than 200 MB",
  },
  {
    number: "1.2.18",
    asks: "audit log: 10 earlier files",
    automated,
    sets: { apiServer: [auditLogOptions.files] },
    answer: "set, compressed; a timer takes the oldest away where all together outgrow 200 MB",
    look: "du -sh /var/log/grappe/audit",
  },
  {
    number: "1.2.19",
    asks: "audit log: files of 100 MB",
    automated,
    sets: { apiServer: [auditLogOptions.megabytes, auditLogOptions.compressed] },
    answer: "set",
  },
  { number: "1.2.20", asks: "time-out of requests", answer: `${defaultValue}: 60 s` },
  { number: "1.2.21", asks: "tokens end with their account", automated, answer: defaultValue },
  byThemselves("kube-apiserver", { number: "1.2.22", asks: "key of service accounts", automated }),
  byThemselves("kube-apiserver", { number: "1.2.23", asks: "client certificate towards etcd", automated }),
  byThemselves("kube-apiserver", { number: "1.2.24", asks: "TLS certificate", automated }),
  byThemselves("kube-apiserver", { number: "1.2.25", asks: "authority of client certificates", automated }),
  byThemselves("kube-apiserver", { number: "1.2.26", asks: "etcd's authority", automated }),
  {
    number: "1.2.27",
    asks: "Secrets are encrypted at rest",
    answer: "set, unless cluster.secretsEncryption is false",
    answerOfK3s: "secrets-encryption, unless the setting is false",
    look: flags("kube-apiserver"),
  },
  {
    number: "1.2.28",
    asks: "by a strong cipher",
    answer: "secretbox (XSalsa20 and Poly1305), with a key of the cluster's own",
    answerOfK3s: "AES-CBC, its own",
    look: "grep -A 1 providers: /etc/kubernetes/grappe/encryption.yaml",
  },
  {
    number: "1.2.29",
    asks: "strong ciphers only",
    sets: { apiServer: [["tls-cipher-suites", strongCiphers.join(",")]] },
    answer: "set: TLS 1.3, and of 1.2 four suites",
    look: flags("kube-apiserver"),
  },
  {
    number: "1.2.30",
    asks: "tokens aren't extended to a year",
    automated,
    sets: { apiServer: [["service-account-extend-token-expiration", "false"]] },
    answer: "set: a pod's token lasts an hour, and its kubelet brings the next",
    look: flags("kube-apiserver"),
  },
];

/** Chapters 1.3 and 1.4: controller manager and scheduler. */
const controllers: readonly Control[] = [
  {
    number: "1.3.1",
    asks: "pods that ended are taken away",
    sets: { controllerManager: [["terminated-pod-gc-threshold", "100"]] },
    answer: "set: beyond a hundred",
    look: flags("kube-controller-manager"),
  },
  {
    number: "1.3.2",
    asks: "no profiling",
    automated,
    sets: { controllerManager: [["profiling", "false"]] },
    answer: "set",
    look: flags("kube-controller-manager"),
  },
  byThemselves("kube-controller-manager", { number: "1.3.3", asks: "an account for each controller", automated }),
  byThemselves("kube-controller-manager", { number: "1.3.4", asks: "key of service accounts", automated }),
  byThemselves("kube-controller-manager", { number: "1.3.5", asks: "root's authority", automated }),
  {
    number: "1.3.6",
    asks: "RotateKubeletServerCertificate",
    automated,
    answer: defaultValue,
    look: flags("kube-controller-manager"),
  },
  byThemselves("kube-controller-manager", { number: "1.3.7", asks: "listens on the loopback only", automated }),
  {
    number: "1.4.1",
    asks: "no profiling",
    automated,
    sets: { scheduler: [["profiling", "false"]] },
    answer: "set",
    look: flags("kube-scheduler"),
  },
  byThemselves("kube-scheduler", { number: "1.4.2", asks: "listens on the loopback only", automated }),
];

/** Chapter 2: etcd. */
const etcd: readonly Control[] = [
  byThemselves("etcd", { number: "2.1", asks: "certificate and key", automated }),
  byThemselves("etcd", { number: "2.2", asks: "clients show certificates", automated }),
  { number: "2.3", asks: "no certificates of its own making", automated, answer: defaultValue },
  byThemselves("etcd", { number: "2.4", asks: "certificate and key towards peers", automated }),
  byThemselves("etcd", { number: "2.5", asks: "peers show certificates", automated }),
  { number: "2.6", asks: "no peers' certificates of its own making", automated, answer: defaultValue },
  byThemselves("etcd", { number: "2.7", asks: "an authority of its own" }),
];

/** Chapter 3: who logs in, and what is logged. */
const users: readonly Control[] = [
  {
    number: "3.1.1",
    asks: "users have no client certificates",
    answer:
      "not met, but for hours: `./grappe kubeconfig` gives a person one of their own, whose role can be taken away; the administrator's lasts a year, renewed by `up`",
    look: "kubectl auth whoami",
  },
  { number: "3.1.2", asks: "users have no service accounts' tokens", answer: "none is made for a person" },
  {
    number: "3.1.3",
    asks: "users have no bootstrap tokens",
    answer: "one per joining machine, deleted once it is a node",
    answerOfK3s: "none: its own tokens, in files for root only",
    look: "kubectl -n kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token",
  },
  {
    number: "3.2.1",
    asks: "there is an audit policy",
    sets: { apiServer: [auditLogOptions.policy] },
    answer: "set",
    look: "cat /etc/grappe/audit-policy.yaml",
  },
  {
    number: "3.2.2",
    asks: "it covers what matters",
    answer:
      "who, what, when and from where, of every change, every read of a Secret, and every way into a pod or node; no contents at all",
    look: "./grappe audit pi --since 1h",
  },
];

/** Chapters 1.2 to 3. */
export const controlPlaneControls: readonly Control[] = [...apiServer, ...controllers, ...etcd, ...users];
