#!/usr/bin/env bash
# etcd's members, seen from a server. k3s removes the member of a Node that is deleted or annotated by itself, says so in
# annotations (pkg/etcd/member_controller.go), and tells voters by a condition (pkg/etcd/etcd.go); with kubeadm we ask etcdctl in
# etcd's own container. Needs kubectl.sh.
set -euo pipefail
: "${distribution:?}"

etcdctl_in_pod() {
  local container
  container=$(ctr --namespace k8s.io task list | awk '$3 == "RUNNING" { print $1 }' | while read -r id; do
    ctr --namespace k8s.io container info "$id" | grep -q '"io.kubernetes.container.name": "etcd"' && echo "$id"
  done | head -n 1) || true
  [[ -n $container ]] || return 1
  ctr --namespace k8s.io task exec --exec-id "grappe-$$-$RANDOM" "$container" etcdctl \
    --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt \
    --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key "$@"
}

# Fields: id, status, name, peer URL, client URL, is a learner.
etcd_members() { etcdctl_in_pod member list | sed 's/, /,/g'; }

is_etcd_voter() { # node
  case $distribution in
    kubeadm) etcd_members | awk -F , -v name="$1" '$3 == name && $2 == "started" && $6 == "false" { ok = 1 } END { exit !ok }' ;;
    k3s) [[ $(kube get node "$1" -o 'jsonpath={.status.conditions[?(@.type=="EtcdIsVoter")].status}' 2> /dev/null) = True ]] ;;
  esac
}

k3s_member_is_gone() {
  [[ -n $(kube get node "$1" --ignore-not-found -o 'jsonpath={.metadata.annotations.etcd\.k3s\.cattle\.io/removed-node-name}') ]]
}

# Node, its address. Known by either, as a member that never started has no name.
remove_etcd_member() {
  local id
  case $distribution in
    kubeadm)
      etcd_members | awk -F , -v name="$1" -v url="https://$2:2380" '$3 == name || $4 == url { print $1 }' |
        while read -r id; do etcdctl_in_pod member remove "$id" > /dev/null < /dev/null; done
      ;;
    k3s)
      [[ $(kube get node "$1" --ignore-not-found -o 'jsonpath={.metadata.labels.node-role\.kubernetes\.io/etcd}') = true ]] || return 0
      kube annotate node "$1" --overwrite etcd.k3s.cattle.io/remove=true > /dev/null
      until_success 60 k3s_member_is_gone "$1" || true
      ;;
  esac
}
