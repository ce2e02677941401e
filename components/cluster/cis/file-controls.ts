import type { Control } from "./control.ts";

const ofPods = "kubeadm writes it: 600, root:root";
const noPods = "no such pod: not applicable";

function manifest(number: string, program: string, asks: "permissions" | "owner"): Control {
  const file = `/etc/kubernetes/manifests/${program}.yaml`;
  return {
    number,
    asks: `${program}'s pod: ${asks === "owner" ? "root:root" : "600"}`,
    automated: true,
    answer: ofPods,
    answerOfK3s: noPods,
    look: `stat -c '%a %U:%G' ${file}`,
  };
}

function kubeconfig(number: string, program: string, asks: "permissions" | "owner"): Control {
  return {
    number,
    asks: `${program}.conf: ${asks === "owner" ? "root:root" : "600"}`,
    automated: true,
    answer: "kubeadm writes it: 600, root:root",
    answerOfK3s: "writes it so itself (server/cred)",
    look: `stat -c '%a %U:%G' /etc/kubernetes/${program}.conf`,
  };
}

const programs = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

/** Chapter 1.1: files of the control plane. */
export const fileControls: readonly Control[] = [
  ...programs.flatMap((program, index) => [
    manifest(`1.1.${2 * index + 1}`, program, "permissions"),
    manifest(`1.1.${2 * index + 2}`, program, "owner"),
  ]),
  {
    number: "1.1.9",
    asks: "pod network's files: 600",
    answer:
      "left to the plugins: /var/lib/cni holds addresses given to pods, and its folder is root's; the configuration in /etc/cni/net.d holds no secret",
    look: "ls -l /etc/cni/net.d /var/lib/cni",
  },
  {
    number: "1.1.10",
    asks: "pod network's files: root:root",
    answer: "written by root's programs",
    look: "ls -l /etc/cni/net.d /var/lib/cni",
  },
  {
    number: "1.1.11",
    asks: "etcd's data: 700",
    automated: true,
    answer: "made so before the server joins (own_etcd_directory)",
    answerOfK3s: "makes it so itself",
    look: "stat -c %a /var/lib/etcd",
  },
  {
    number: "1.1.12",
    asks: "etcd's data: etcd:etcd",
    automated: true,
    answer:
      "a system user etcd is made, and owns the directory. etcd itself runs as root in its container: kubeadm's way to another user is alpha (RootlessControlPlane)",
    answerOfK3s: "not applicable: etcd is part of k3s, which is root",
    look: "stat -c %U:%G /var/lib/etcd",
  },
  {
    number: "1.1.13",
    asks: "administrator's kubeconfig: 600",
    automated: true,
    answer: "kubeadm writes admin.conf so; super-admin.conf, which no role can limit, is taken off the server",
    answerOfK3s: "write-kubeconfig-mode 0600",
    look: "ls -l /etc/kubernetes/*.conf",
  },
  {
    number: "1.1.14",
    asks: "administrator's kubeconfig: root:root",
    automated: true,
    answer: "kubeadm writes it so",
    answerOfK3s: "writes it so itself",
    look: "ls -l /etc/kubernetes/*.conf",
  },
  kubeconfig("1.1.15", "scheduler", "permissions"),
  kubeconfig("1.1.16", "scheduler", "owner"),
  kubeconfig("1.1.17", "controller-manager", "permissions"),
  kubeconfig("1.1.18", "controller-manager", "owner"),
  {
    number: "1.1.19",
    asks: "certificates and keys: root:root",
    automated: true,
    answer: "kubeadm writes them so",
    answerOfK3s: "writes them so itself",
    look: "find /etc/kubernetes/pki ! -user root -o ! -group root",
  },
  {
    number: "1.1.20",
    asks: "certificates: 644 or less (k3s: 600)",
    answer: "kubeadm writes them so",
    answerOfK3s: "its unit makes them 600 whenever it has started",
    look: "find /etc/kubernetes/pki -name '*.crt' -perm /133",
  },
  {
    number: "1.1.21",
    asks: "keys: 600",
    answer: "kubeadm writes them so",
    answerOfK3s: "writes them so itself",
    look: "find /etc/kubernetes/pki -name '*.key' -perm /177",
  },
];
