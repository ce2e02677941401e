#!/usr/bin/env bash
# A kubeadm init or join of ours that was cut off before its end is undone; nothing else ever is. Needs member.sh, report.sh.
set -euo pipefail
: "${nodeName:?}"

has_kubeadm_files() { compgen -G '/etc/kubernetes/*.conf' > /dev/null || compgen -G '/etc/kubernetes/manifests/*.yaml' > /dev/null; }

undo_interrupted() {
  if was_interrupted; then
    kubeadm reset --force --cleanup-tmp-dir > /dev/null 2>&1 || true
    rm -rf /etc/kubernetes/manifests /etc/kubernetes/pki /var/lib/etcd
    rm -f /etc/kubernetes/*.conf
  elif has_kubeadm_files; then
    fail "this machine belongs to a Kubernetes cluster that isn't grappe's (there are files in /etc/kubernetes). Nothing was
changed. Fix: take it out of that cluster (kubeadm reset) if it shall join this one."
  fi
  record joining "$nodeName"
}
