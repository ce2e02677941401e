#!/usr/bin/env bash
# A server's change, in its turn: drained where its pods can go elsewhere, changed by `change_server`, and back only when it is
# Ready and a voter. That its certificates are near their end is a change, too. Needs server-start.sh, certificates.sh.
set -euo pipefail
: "${nodeName:?}" "${version:?}" "${configHash:?}"
# shellcheck source=outage.sh
. ./outage.sh
# shellcheck source=etcd.sh
. ./etcd.sh
# shellcheck source=labels-and-taints.sh
. ./labels-and-taints.sh
# shellcheck source=version-guard.sh
. ./version-guard.sh

has_other_nodes() { (($(kube get nodes -o name | wc -l) > 1)); }

take_turn_and_drain() {
  take_turn 3600
  has_other_nodes || return 0
  drain_or_release_turn
}

change_when_it_is_our_turn() {
  if [[ $(recorded applied) = "$configHash" ]] && ! certificates_are_due; then return; fi
  guard_version "$(recorded version)" "$version"
  # A server whose API is down is out already: its change may be what mends it.
  if until_success 120 "this server's Kubernetes API" api_answers; then take_turn_and_drain; fi
  trap 'keep_failed_turn "its step says why"' EXIT
  change_server
  await_api 300
  await_ready 300
  trap - EXIT
  record_membership
}

await_member_server() {
  await_api 180
  until_success 180 "$nodeName to be among the nodes" node_exists || fail "$nodeName didn't register. See: journalctl -u kubelet -u k3s -n 100"
  await_ready 300
  until_success 180 "$nodeName to be a voter of etcd" is_etcd_voter "$nodeName" || fail "$nodeName is no voter of etcd after 180 s. See etcd's log on it."
  reconcile_labels_and_taints
  back_to_work
  local ending
  ending=$(ending_within $((30 * 86400)))
  [[ -z $ending ]] || fail "these certificates were to be renewed and weren't, and end within 30 days: ${ending//$'\n'/, }. Fix, there:
k3s certificate rotate && systemctl restart k3s, or kubeadm certs renew all; see what it says."
}
