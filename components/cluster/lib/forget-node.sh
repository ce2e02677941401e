#!/usr/bin/env bash
# Removes what the cluster knows of a node that is gone or going: etcd's member, the Node, its password. Without this a
# machine of the same name is refused. Needs kubectl.sh, etcd.sh; nodeName, nodeAddress, role.
set -euo pipefail
: "${distribution:?}" "${role:?}" "${nodeName:?}" "${nodeAddress:?}"

forget_node() {
  if [[ $role = server ]]; then remove_etcd_member "$nodeName" "$nodeAddress"; fi
  kube_watching delete node "$nodeName" --ignore-not-found --timeout=60s > /dev/null
  if [[ $distribution = k3s ]]; then
    kube -n kube-system delete secret "$nodeName.node-password.k3s" --ignore-not-found > /dev/null
  fi
}
