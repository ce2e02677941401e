#!/usr/bin/env bash
# A kubeadm init or join of ours that was cut off before its end is undone; nothing else ever is. Needs member.sh, report.sh.
set -euo pipefail
: "${nodeName:?}"

has_kubeadm_files() { compgen -G '/etc/kubernetes/*.conf' > /dev/null || compgen -G '/etc/kubernetes/manifests/*.yaml' > /dev/null; }

etcd_request() { # address of a server, method's path, body
  curl --silent --fail --max-time 10 --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt \
    --key /etc/kubernetes/pki/etcd/server.key --data "$3" "https://$1:2379/v3/cluster/member/$2"
}

# A member that was announced and has no data any more would keep its place, and the join would wait for it in vain.
leave_etcd() {
  local server id
  [[ -e /etc/kubernetes/pki/etcd/server.key ]] || return 0
  for server in ${otherServers-}; do
    id=$(etcd_request "$server" list '{}' | tr '{' '\n' | grep -F "\"https://${nodeAddress-}:2380\"" | grep -oE '"ID":"[0-9]+"') || continue
    etcd_request "$server" remove "{$id}" > /dev/null && return 0
  done
}

undo_interrupted() {
  if was_interrupted; then
    leave_etcd
    kubeadm reset --force --cleanup-tmp-dir > /dev/null 2>&1 || true
    rm -rf /etc/kubernetes/manifests /etc/kubernetes/pki /var/lib/etcd
    rm -f /etc/kubernetes/*.conf
  elif has_kubeadm_files; then
    fail "this machine belongs to a Kubernetes cluster that isn't grappe's (there are files in /etc/kubernetes). Nothing was
changed. Fix: take it out of that cluster (kubeadm reset) if it shall join this one."
  fi
  record joining "$nodeName"
}
