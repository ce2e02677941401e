#!/usr/bin/env bash
# grappe-step: agent
# Makes a machine an agent of the cluster, or stages a change of one that is: it happens when its membership, on a server, has
# drained it.
set -euo pipefail
values=$(cat)
eval "$values"
: "${nodeName:?}" "${version:?}" "${configHash:?}" "${joinConfig:?}" "${ignoredChecks:?}"
# shellcheck source=../lib/node-start.sh
. ../lib/node-start.sh
# shellcheck source=../lib/staged-switch.sh
. ../lib/staged-switch.sh
# shellcheck source=lib/undo-interrupted.sh
. ./lib/undo-interrupted.sh

certificate=/var/lib/kubelet/pki/kubelet-client-current.pem

api_server() { awk '$1 == "server:" { print $2; exit }' /etc/kubernetes/kubelet.conf; }

# An agent needs kubectl for nothing else, and it is 60 MB.
node_request() { # options of curl
  local server
  server=$(api_server)
  curl --silent --show-error --fail --max-time 20 --cacert /etc/kubernetes/pki/ca.crt --cert "$certificate" --key "$certificate" \
    "$@" "$server/api/v1/nodes/$nodeName"
}

patch_self() { node_request --request PATCH --header 'Content-Type: application/merge-patch+json' --data "$1" > /dev/null; }

may_go() { node_request | tr -d '[:space:]' | grep -qF "\"grappe.dev/go\":\"$configHash\""; }

# The kubelet has its own certificate: the join is done, though we were cut off before we could write that down.
has_joined() {
  was_interrupted && [[ -e /var/lib/kubelet/pki/kubelet-client-current.pem && ! -e /etc/kubernetes/bootstrap-kubelet.conf ]] &&
    node_request > /dev/null 2>&1
}

join_once() {
  undo_interrupted
  write_file /etc/kubernetes/grappe/join.yaml 600 "$joinConfig"
  kubeadm join --config /etc/kubernetes/grappe/join.yaml >&2
}

join() {
  link_binaries kubeadm kubelet
  has_joined || until_success 100 "kubeadm to join $nodeName" join_once || fail "kubeadm couldn't join this machine to the cluster; its last words stand
above. Fix: check that it reaches the API's address, then run again."
  rm -f /etc/kubernetes/grappe/join.yaml
  record_membership
}

switch() {
  await_go
  link_binaries kubeadm
  kubeadm upgrade node --ignore-preflight-errors="$ignoredChecks" >&2
  link_binaries kubeadm kubelet
  systemctl daemon-reload
  systemctl restart kubelet.service
  record_membership
  report_switched
  remove_other_versions
}

is_forgotten() {
  [[ $(status_of_own_node "$(api_server)" --cacert /etc/kubernetes/pki/ca.crt --cert "$certificate" --key "$certificate") = 404 ]]
}

is_known() { ! is_forgotten; }

# A kubelet registers when it starts, and only then.
if [[ ${switching:-no} = no ]] && is_member && is_forgotten; then
  systemctl restart kubelet.service
  until_success 60 "the kubelet to register $nodeName" is_known || forget_membership
fi
if ! is_member; then
  join
elif [[ ${switching:-no} = yes ]]; then
  switch
elif [[ $(recorded applied) != "$configHash" ]]; then
  guard_version "$(recorded version)" "$version"
  stage_switch
else
  systemctl start kubelet.service
fi
