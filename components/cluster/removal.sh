#!/usr/bin/env bash
# grappe-step: removal
# On another server, when a node leaves: drains it, so that no request fails, then makes the cluster forget it. A Node of that
# name on another machine has joined since and is left alone; without a cluster there is nothing to leave.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${role:?}" "${nodeName:?}" "${nodeAddress:?}" "${machine:?}" "${drainTimeoutSeconds:?}" "${cniByChart:?}"
# shellcheck source=lib/report.sh
. ./lib/report.sh
# shellcheck source=lib/kubectl.sh
. ./lib/kubectl.sh
# shellcheck source=lib/node.sh
. ./lib/node.sh
# shellcheck source=lib/etcd.sh
. ./lib/etcd.sh
# shellcheck source=lib/turn.sh
. ./lib/turn.sh
# shellcheck source=lib/forget-node.sh
. ./lib/forget-node.sh
# shellcheck source=lib/database-copies.sh
. ./lib/database-copies.sh

# Pods of a machine that doesn't answer never confirm their end; they go with the Node.
drain_dead_node() {
  kube_watching drain "$nodeName" --ignore-daemonsets --delete-emptydir-data --force --disable-eviction \
    --grace-period=0 --skip-wait-for-delete-timeout=1 --timeout=30s > /dev/null 2>&1 || true
}

# A machine that died a moment ago still counts as Ready; its pods end as little as those of one that died before.
drain_leaving_node() {
  if node_is_ready; then
    if (drain_node); then return; fi
    if node_is_ready; then exit 1; fi
  fi
  drain_dead_node
}

is_server_member || exit 0
if [[ $(hostname) = "$nodeName" ]]; then exit 0; fi
await_api 120
known=$(machine_of_node)
if [[ -n $known && $known != "$machine" ]]; then exit 0; fi
if [[ -n $known ]]; then drain_leaving_node; fi
forget_node
forget_database_copies
if [[ $role = server ]]; then remove_members_without_node; fi
release_turn
