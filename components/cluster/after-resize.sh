#!/usr/bin/env bash
# grappe-step: after-resize
# On a server, after another node's machine has its new size: waits until the node is back, lets it work and gives the turn
# to the next one. A node that doesn't come back keeps the turn, and no other one is touched.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${role:?}" "${nodeName:?}" "${drainTimeoutSeconds:?}" "${cniByChart:?}"
# shellcheck source=lib/report.sh
. ./lib/report.sh
# shellcheck source=lib/kubectl.sh
. ./lib/kubectl.sh
# shellcheck source=lib/etcd.sh
. ./lib/etcd.sh
# shellcheck source=lib/outage.sh
. ./lib/outage.sh

# A stopped node counts as Ready for a while, and its lease is renewed every ten seconds only: the kubelet itself tells sooner.
kubelet_answers() {
  answer=$(kube_watching --request-timeout=3s get --raw "/api/v1/nodes/$nodeName/proxy/healthz" 2>&1) && return
  # Whose certificate the API server doesn't know yet answers, too.
  [[ $answer = *x509:* || $answer = *'tls: '* ]]
}

is_server_member || exit 0
await_api 300
node_exists || exit 0
trap 'keep_failed_turn "it did not come back from its resize"' EXIT
until_success 300 "$nodeName's kubelet" kubelet_answers || fail "$nodeName's kubelet didn't answer within 300 s of its resize.
Fix: look on that machine at journalctl -u kubelet -u k3s -u k3s-agent -n 100, then run again."
await_ready 300
if [[ $role = server ]]; then
  until_success 180 "$nodeName to be a voter of etcd" is_etcd_voter "$nodeName" || fail "$nodeName is no voter of etcd 180 s after its resize. See etcd's log on it."
fi
trap - EXIT
back_to_work
