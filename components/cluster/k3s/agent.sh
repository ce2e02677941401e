#!/usr/bin/env bash
# grappe-step: agent
# Makes a machine an agent of the cluster, or stages a change of one that is: it happens when its membership, on a server, has
# drained it.
set -euo pipefail
values=$(cat)
eval "$values"
: "${nodeName:?}" "${version:?}" "${configHash:?}" "${agentToken:?}"
# shellcheck source=../lib/node-start.sh
. ../lib/node-start.sh
# shellcheck source=../lib/staged-switch.sh
. ../lib/staged-switch.sh
# shellcheck source=lib/k3s-files.sh
. ./lib/k3s-files.sh

# shellcheck source=lib/k3s-certificates.sh
. ./lib/k3s-certificates.sh

kube_self() {
  k3s kubectl --cache-dir=/run/grappe/kubectl --kubeconfig=/var/lib/rancher/k3s/agent/kubelet.kubeconfig --request-timeout=20s "$@"
}

patch_self() { kube_self patch node "$nodeName" --type=merge --patch "$1" > /dev/null; }

may_go() { [[ $(kube_self get node "$nodeName" -o 'jsonpath={.metadata.annotations.grappe\.dev/go}') = "$configHash" ]]; }

start_agent() {
  link_binaries k3s
  write_k3s_files
  write_file "$k3s_directory/agent-token" 600 "$agentToken"
  start_k3s
  record_membership
}

# By the certificates that it runs with, at the server that it runs with.
is_forgotten() {
  local agent=/var/lib/rancher/k3s/agent server
  server=$(sed -nE 's/^server: //p' "$k3s_directory/config.yaml")
  [[ $(status_of_own_node "$server" --cacert "$agent/server-ca.crt" --cert "$agent/client-kubelet.crt" \
    --key "$agent/client-kubelet.key") = 404 ]]
}

if [[ ${switching:-no} = no ]] && is_member && is_forgotten; then forget_membership; fi
if is_member; then write_registration; fi

if ! is_member; then
  refuse_foreign_k3s
  start_agent
elif [[ ${switching:-no} = yes ]]; then
  await_go
  start_agent
  report_switched
  remove_other_versions
  remove_other_unpacked_versions
elif [[ -n $(ending_within 0) ]]; then
  # Nobody knows it by that any more, and so nobody could let it go.
  start_agent
elif [[ $(recorded applied) != "$configHash" ]] || certificates_are_due; then
  guard_version "$(recorded version)" "$version"
  stage_switch
else
  systemctl start k3s-agent.service
fi
