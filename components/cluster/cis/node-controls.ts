import type { Control } from "./control.ts";
import { strongCiphers } from "./strong-ciphers.ts";

const automated = true;
const defaultValue = "Kubernetes' own default";
const byK3s = "writes it so itself";
const configuration = "kubectl get --raw /api/v1/nodes/NODE/proxy/configz";
const listing = (file: string) => `stat -c '%a %U:%G' ${file}`;

/** Chapter 4.1: a node's files. */
const files: readonly Control[] = [
  {
    number: "4.1.1",
    asks: "kubelet's unit: 600",
    automated,
    answer: "written so",
    answerOfK3s: "not applicable: the kubelet is part of k3s",
    look: listing("/etc/systemd/system/kubelet.service.d/10-kubeadm.conf"),
  },
  {
    number: "4.1.2",
    asks: "kubelet's unit: root:root",
    automated,
    answer: "written so",
    answerOfK3s: "not applicable: the kubelet is part of k3s",
    look: listing("/etc/systemd/system/kubelet.service.d/10-kubeadm.conf"),
  },
  {
    number: "4.1.3",
    asks: "kube-proxy's kubeconfig: 600",
    answer: "there is no such file: it is a pod's, with its service account",
    answerOfK3s: byK3s,
  },
  {
    number: "4.1.4",
    asks: "kube-proxy's kubeconfig: root:root",
    answer: "there is no such file",
    answerOfK3s: byK3s,
  },
  {
    number: "4.1.5",
    asks: "kubelet's kubeconfig: 600",
    automated,
    answer: "kubeadm writes it so",
    answerOfK3s: byK3s,
    look: listing("/etc/kubernetes/kubelet.conf"),
  },
  {
    number: "4.1.6",
    asks: "kubelet's kubeconfig: root:root",
    automated,
    answer: "kubeadm writes it so",
    answerOfK3s: byK3s,
    look: listing("/etc/kubernetes/kubelet.conf"),
  },
  {
    number: "4.1.7",
    asks: "authority's certificate: 644",
    answer: "kubeadm writes it so",
    answerOfK3s: byK3s,
    look: listing("/etc/kubernetes/pki/ca.crt"),
  },
  {
    number: "4.1.8",
    asks: "authority's certificate: root:root",
    answer: "kubeadm writes it so",
    answerOfK3s: byK3s,
    look: listing("/etc/kubernetes/pki/ca.crt"),
  },
  {
    number: "4.1.9",
    asks: "kubelet's configuration: 600",
    automated,
    answer: "kubeadm writes 644; the kubelet's unit makes it 600 before each start",
    answerOfK3s: "ours is written so",
    look: listing("/var/lib/kubelet/config.yaml"),
  },
  {
    number: "4.1.10",
    asks: "kubelet's configuration: root:root",
    automated,
    answer: "kubeadm writes it so",
    answerOfK3s: "ours is written so",
    look: listing("/var/lib/kubelet/config.yaml"),
  },
];

/** Chapters 4.2 and 4.3: kubelet and kube-proxy. */
const programs: readonly Control[] = [
  {
    number: "4.2.1",
    asks: "no anonymous requests",
    automated,
    answer: "kubeadm sets it",
    answerOfK3s: "sets it itself",
    look: configuration,
  },
  { number: "4.2.2", asks: "authorization isn't AlwaysAllow", automated, answer: defaultValue, look: configuration },
  {
    number: "4.2.3",
    asks: "authority of client certificates",
    automated,
    answer: "kubeadm sets it",
    answerOfK3s: "sets it itself",
    look: configuration,
  },
  { number: "4.2.4", asks: "no read-only port", answer: defaultValue, look: configuration },
  {
    number: "4.2.5",
    asks: "idle streams end",
    sets: { kubelet: { streamingConnectionIdleTimeout: "5m" } },
    answer: "set: an exec, attach or port-forward that is silent for five minutes ends",
    look: configuration,
  },
  { number: "4.2.6", asks: "packet-filter chains are kept", automated, answer: defaultValue, look: configuration },
  {
    number: "4.2.7",
    asks: "no other host name",
    answer: "kubeadm sets the node's name of the settings; it is the host's, too",
    answerOfK3s: "not applicable: it sets it, to the same",
  },
  { number: "4.2.8", asks: "events are recorded", answer: `${defaultValue}: 50 a second`, look: configuration },
  {
    number: "4.2.9",
    asks: "TLS certificate",
    setsByKubeadm: { kubelet: { serverTLSBootstrap: true } },
    answer:
      "signed by the cluster, for the node's own name and address only: no file is named, as the kubelet asks for it and for the next one",
    answerOfK3s: "its servers sign it",
    look: "kubectl get csr",
  },
  {
    number: "4.2.10",
    asks: "client certificates are renewed",
    automated,
    answer: "kubeadm sets it",
    answerOfK3s: "renews them at its start, which `up` sees to",
    look: configuration,
  },
  { number: "4.2.11", asks: "RotateKubeletServerCertificate", answer: defaultValue, look: configuration },
  {
    number: "4.2.12",
    asks: "strong ciphers only",
    sets: { kubelet: { tlsCipherSuites: strongCiphers, tlsMinVersion: "VersionTLS12" } },
    answer: "set: as 1.2.29",
    look: configuration,
  },
  {
    number: "4.2.13",
    asks: "processes of a pod are limited",
    sets: { kubelet: { podPidsLimit: 4096 } },
    answer: "set: 4,096",
    look: configuration,
  },
  {
    number: "4.2.14",
    asks: "seccomp by default",
    sets: { kubelet: { seccompDefault: true } },
    answer: "set: a pod that says nothing else gets RuntimeDefault",
    look: configuration,
  },
  {
    number: "4.3.1",
    asks: "kube-proxy's metrics on the loopback only",
    automated,
    answer: defaultValue,
    look: "ss -ltn 'sport = :10249'",
  },
];

/** Chapter 4: what every node has. */
export const nodeControls: readonly Control[] = [...files, ...programs];
