#!/usr/bin/env bash
# etcd's members, seen from a server. With kubeadm we ask etcdctl in etcd's own container. k3s tells members to who has its token
# (pkg/etcd/etcd.go, infoHandler), voters by a condition of their Node, and removes a member when the Node with its name and address
# in annotations asks for that (pkg/etcd/member_controller.go). Needs kubectl.sh.
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

# shellcheck source=k3s-members.sh
. ./k3s-members.sh

# Fields: id, status, name, peer URL, client URL, is a learner. Of k3s, a member's name is its Node's and eight digits.
etcd_members() {
  case $distribution in
    kubeadm) etcdctl_in_pod member list < /dev/null | sed 's/, /,/g' ;;
    k3s) k3s_members_at 127.0.0.1 "$(sed -E 's/.*://' /var/lib/rancher/k3s/server/token)" ;;
  esac
}

is_etcd_voter() { # node
  case $distribution in
    kubeadm) etcd_members | awk -F , -v name="$1" '$3 == name && $2 == "started" && $6 == "false" { ok = 1 } END { exit !ok }' ;;
    k3s) [[ $(kube get node "$1" -o 'jsonpath={.status.conditions[?(@.type=="EtcdIsVoter")].status}' 2> /dev/null) = True ]] ;;
  esac
}

# Lines of members that are the Node's: by its name, or by its address, as a member that never started has no name.
members_of_node() { # node, its address; members on stdin
  awk -F , -v name="$1" -v url="https://$2:2380" '{
      node = $3
      sub(/-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]$/, "", node)
    }
    $3 == name || node == name || $4 == url'
}

# Node, its address. Where etcd doesn't tell, nobody is taken for a stranger.
is_etcd_member() {
  local members
  members=$(etcd_members) && [[ -n $members ]] || return 0
  [[ -n $(members_of_node "$1" "$2" <<< "$members") ]]
}

k3s_member_is_gone() {
  [[ -n $(kube get node "$1" --ignore-not-found -o 'jsonpath={.metadata.annotations.etcd\.k3s\.cattle\.io/removed-node-name}') ]]
}

k3s_etcd_node() { # node, member's name, its address
  printf '{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "%s", "labels": {"node-role.kubernetes.io/etcd": "true"},
    "annotations": {"etcd.k3s.cattle.io/node-name": "%s", "etcd.k3s.cattle.io/node-address": "%s", "etcd.k3s.cattle.io/remove": "true"}},
    "spec": {"unschedulable": true}}' "$@"
}

# k3s removes members of Nodes only; one without gets a Node for as long as that takes.
remove_k3s_member() { # id, name, peer URL
  local node="grappe-etcd-$1" address=${3#https://}
  k3s_etcd_node "$node" "$2" "${address%:*}" | kube create -f - > /dev/null
  until_success 60 "etcd to let $node go" k3s_member_is_gone "$node" || true
  kube_watching delete node "$node" --ignore-not-found --timeout=60s > /dev/null
}

# Lines of members on stdin.
remove_members() {
  local id name peer
  while IFS=, read -r id _ name peer _; do
    case $distribution in
      kubeadm) etcdctl_in_pod member remove "$id" > /dev/null < /dev/null ;;
      k3s) remove_k3s_member "$id" "$name" "$peer" < /dev/null ;;
    esac
  done
}

remove_etcd_member() { # node, its address
  local members
  if [[ $distribution = k3s && $(kube get node "$1" --ignore-not-found \
    -o 'jsonpath={.metadata.labels.node-role\.kubernetes\.io/etcd}') = true ]]; then
    kube annotate node "$1" --overwrite etcd.k3s.cattle.io/remove=true > /dev/null
    until_success 60 "etcd to let $1 go" k3s_member_is_gone "$1" || true
  fi
  members=$(etcd_members) || members=''
  members_of_node "$1" "$2" <<< "$members" | remove_members
}

# A machine whose join was cut off may have become a member and never a Node: it counts for the quorum, and nobody takes it out.
remove_members_without_node() {
  local members nodes name address
  members=$(etcd_members) || return 0
  nodes=$(kube get nodes -o 'jsonpath={range .items[*]}{.metadata.name} {.status.addresses[?(@.type=="InternalIP")].address}{"\n"}{end}')
  [[ -n $nodes && -n $members ]] || return 0
  while read -r name address; do
    members=$(grep -vxFf <(members_of_node "$name" "${address:-none}" <<< "$members") <<< "$members" || true)
  done <<< "$nodes"
  if [[ -n $members ]]; then remove_members <<< "$members"; fi
}
