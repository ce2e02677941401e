#!/usr/bin/env bash
# grappe-step: membership
# On a server, after a node joined or was changed: lets a changed one go when it is its turn and drained, waits until it is
# Ready, and makes its labels and taints what the settings say. A server does all this for itself; here only its being Ready is
# seen from another one. A server that isn't a member yet has nothing to say.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${role:?}" "${nodeName:?}" "${nodeAddress:?}" "${configHash:?}" "${drainTimeoutSeconds:?}" "${cniByChart:?}"
: "${labels?}" "${taints?}" "${bootstrapTokenId:?}" "${clusterDnsPatch?}"
# shellcheck source=lib/report.sh
. ./lib/report.sh
# shellcheck source=lib/kubectl.sh
. ./lib/kubectl.sh
# shellcheck source=lib/outage.sh
. ./lib/outage.sh
# shellcheck source=lib/labels-and-taints.sh
. ./lib/labels-and-taints.sh
# shellcheck source=lib/cluster-dns.sh
. ./lib/cluster-dns.sh
# shellcheck source=lib/kubelet-certificates.sh
. ./lib/kubelet-certificates.sh

has_applied() { [[ $(annotation applied) = "$configHash" ]]; }

let_go() {
  take_turn 20000
  drain_or_release_turn
  trap 'keep_failed_turn "see journalctl -u grappe-switch there"' EXIT
  kube annotate node "$nodeName" --overwrite "grappe.dev/go=$configHash" > /dev/null
  until_success 900 "$nodeName to take its new configuration" has_applied || fail "$nodeName was drained but didn't take its new configuration within 900 s.
Fix: look there at journalctl -u grappe-switch -n 100, then run again."
  await_ready 300
  trap - EXIT
}

# The token that it joined with opens nothing any more.
revoke_join_material() {
  if [[ $distribution = kubeadm ]]; then
    kube -n kube-system delete secret "bootstrap-token-$bootstrapTokenId" --ignore-not-found > /dev/null
    if [[ $role = server && $(kube -n kube-system get secret kubeadm-certs --ignore-not-found \
      -o 'jsonpath={.metadata.annotations.grappe\.dev/for}') = "$nodeName" ]]; then
      kube -n kube-system delete secret kubeadm-certs --ignore-not-found > /dev/null
    fi
  fi
}

is_server_member || exit 0
await_api 180
until_success 180 "$nodeName to be among the nodes" node_exists || fail "$nodeName didn't appear among the nodes. Fix: look on that machine at
journalctl -u kubelet -u k3s-agent -n 100, then run again."
if [[ $role = server ]]; then
  await_ready 300
  # Not in the server's own step: agents wait for that one, and a kubelet that starts before its API asks again after 14 s only.
  await_kubelet_certificate
  spread_cluster_dns
  revoke_join_material
  exit 0
fi
if [[ $(annotation pending) = "$configHash" ]]; then let_go; else await_ready 300; fi
reconcile_labels_and_taints
await_kubelet_certificate
back_to_work
spread_cluster_dns
revoke_join_material
