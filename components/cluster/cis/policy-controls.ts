import type { Control } from "./control.ts";

const parts = "the parts' charts have roles of their own, as their publishers wrote them";
const podsOf = (field: string) =>
  `kubectl get pods -A -o custom-columns=NS:.metadata.namespace,POD:.metadata.name,IS:${field}`;
const ownPods = "applications of ours don't: no root, no capability, no gain of privileges; not refused to others";
const hostsPods =
  "not refused: kube-proxy, the pod network, MetalLB's speakers and storage need it; applications of ours don't";

/** Chapter 5: policies. Nobody's check decides; these are answers for what grappe installs. */
export const policyControls: readonly Control[] = [
  {
    number: "5.1.1",
    asks: "cluster-admin only where needed",
    answer: "the administrator's kubeconfig, and the servers' own; no account of an application",
    answerOfK3s: "the administrator's kubeconfig, and its own helm-controller",
    look: "kubectl get clusterrolebindings -o wide",
  },
  {
    number: "5.1.2",
    asks: "few may read Secrets",
    answer: `${parts}: Traefik, CloudNativePG and MetalLB read Secrets; every read is in the audit log`,
    look: "kubectl auth can-i get secrets -A --as system:serviceaccount:NS:NAME",
  },
  { number: "5.1.3", asks: "few wildcards in roles", answer: parts, look: "kubectl get clusterroles -o yaml" },
  { number: "5.1.4", asks: "few may make pods", answer: parts },
  { number: "5.1.5", asks: "default accounts aren't used", answer: "they have no role, and applications call no API" },
  {
    number: "5.1.6",
    asks: "tokens only where needed",
    answer: "applications' pods get none; parts that speak to the API get theirs",
    look: podsOf(".spec.automountServiceAccountToken"),
  },
  {
    number: "5.1.7",
    asks: "no system:masters",
    answer:
      "super-admin.conf, which is of it, is deleted; admin.conf is of kubeadm:cluster-admins, a role that can be taken away",
    answerOfK3s: "its administrator is of it",
    look: "ls /etc/kubernetes",
  },
  {
    number: "5.1.8",
    asks: "few may bind, impersonate, escalate",
    answer: "the administrator alone, and Kubernetes' own controllers",
  },
  { number: "5.1.9", asks: "few may make volumes", answer: "the storage's provisioners" },
  {
    number: "5.1.10",
    asks: "few reach nodes' proxy",
    answer: "the administrator: `./grappe audit` reads by it",
    look: "kubectl auth can-i get nodes/proxy --as system:serviceaccount:NS:NAME",
  },
  {
    number: "5.1.11",
    asks: "few approve certificates",
    answer:
      "Kubernetes' controller (kubelets' own client certificates), and the servers' timer (serving ones, by the node's name and address)",
    answerOfK3s: "nobody needs to",
    look: "systemctl cat grappe-approve-kubelets.service",
  },
  { number: "5.1.12", asks: "few change webhooks", answer: `${parts}: each its own` },
  { number: "5.1.13", asks: "few make tokens", answer: "kubelets for their own pods, the administrator" },
  {
    number: "5.2.1",
    asks: "a policy for pods is in force",
    answer: "not met: Pod Security's admission is there, and no namespace is labelled yet",
    look: "kubectl get namespaces --show-labels",
  },
  {
    number: "5.2.2",
    asks: "few privileged containers",
    answer: hostsPods,
    look: podsOf(".spec.containers[*].securityContext.privileged"),
  },
  {
    number: "5.2.3",
    asks: "host's processes not shared",
    answer: "nothing of ours does",
    look: podsOf(".spec.hostPID"),
  },
  { number: "5.2.4", asks: "host's IPC not shared", answer: "nothing of ours does", look: podsOf(".spec.hostIPC") },
  { number: "5.2.5", asks: "host's network not shared", answer: hostsPods, look: podsOf(".spec.hostNetwork") },
  { number: "5.2.6", asks: "no gain of privileges", answer: ownPods },
  { number: "5.2.7", asks: "few root containers", answer: ownPods },
  { number: "5.2.8", asks: "no NET_RAW", answer: ownPods },
  { number: "5.2.9", asks: "few capabilities", answer: ownPods },
  { number: "5.2.10", asks: "no Windows host processes", answer: "no node runs Windows" },
  { number: "5.2.11", asks: "few host paths", answer: hostsPods },
  { number: "5.2.12", asks: "few host ports", answer: "not refused; applications of ours have none" },
  {
    number: "5.3.1",
    asks: "the pod network has policies",
    answer: "Calico, Cilium and k3s' flannel have; kubeadm's flannel and `routed` have none",
  },
  {
    number: "5.3.2",
    asks: "policies in every namespace",
    answer:
      "each of ours has one that denies all but declared flows; kube-system, default, Calico's and Cilium's have none",
    look: "kubectl get networkpolicies -A",
  },
  {
    number: "5.4.1",
    asks: "Secrets as files",
    answer: "applications of ours read them as files",
  },
  {
    number: "5.4.2",
    asks: "Secrets kept outside",
    answer: "their source is Pulumi's state, encrypted; in the cluster they are encrypted at rest",
  },
  {
    number: "5.5.1",
    asks: "images' provenance",
    answer: "not checked in the cluster; versions are exact, bundles verified by SHA-256",
  },
  { number: "5.6.1", asks: "namespaces as boundaries", answer: "each part and each application has its own" },
  { number: "5.6.2", asks: "seccomp profile", answer: "every pod's default, by 4.2.14" },
  {
    number: "5.6.3",
    asks: "security contexts",
    answer: "applications of ours have them (5.2.6); the parts as their publishers' charts say",
  },
  {
    number: "5.6.4",
    asks: "default namespace unused",
    answer: "nothing of ours is in it",
    look: "kubectl -n default get all",
  },
];
