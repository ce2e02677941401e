#!/usr/bin/env bash
# grappe-step: server
# Makes a machine a server of the cluster, or changes one that is: joins it with etcd, or, when its turn comes, drains it and
# brings it to another version or configuration. Ends when it is Ready and a voter of etcd.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${nodeName:?}" "${nodeAddress:?}" "${version:?}" "${configHash:?}" "${clusterConfig:?}" "${joinConfig:?}"
: "${certificateNames:?}" "${ignoredChecks:?}" "${otherServers?}"
# shellcheck source=../lib/server-start.sh
. ../lib/server-start.sh
# shellcheck source=../lib/server-change.sh
. ../lib/server-change.sh
# shellcheck source=lib/undo-interrupted.sh
. ./lib/undo-interrupted.sh
# shellcheck source=lib/control-plane.sh
. ./lib/control-plane.sh
# shellcheck source=lib/renew-certificates.sh
. ./lib/renew-certificates.sh

# Asked of another server's etcd, which answers only with a quorum.
is_forgotten() {
  local server members
  for server in $otherServers; do
    members=$(etcd_request "$server" list '{}') || continue
    if [[ $members = *'"peerURLs"'* && $members != *"\"https://$nodeAddress:2380\""* ]]; then return 0; fi
  done
  return 1
}

join_once() {
  undo_interrupted
  write_server_files
  write_file /etc/kubernetes/grappe/join.yaml 600 "$joinConfig"
  kubeadm join --config /etc/kubernetes/grappe/join.yaml >&2
}

# A Node of this name counts as Ready for up to a minute after its machine was reset; kubeadm refuses to join meanwhile.
join() {
  link_binaries kubeadm kubelet kubectl
  until_success 100 "kubeadm to join $nodeName" join_once || fail "kubeadm couldn't join this server to the cluster; its last words stand above. Fix: if the
cluster's only server was replaced, its data went with it: restore an etcd snapshot; else run again."
  rm -f /etc/kubernetes/grappe/join.yaml
  record_membership
}

cluster_version() {
  kube -n kube-system get configmap kubeadm-config -o 'jsonpath={.data.ClusterConfiguration}' |
    awk '$1 == "kubernetesVersion:" { print $2 }'
}

api_server_files() { cat /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/pki/apiserver.crt | sha256sum; }

# Certificates that lack a wanted name are made anew; static pods follow their manifests.
apply_cluster_configuration() {
  local config=/etc/kubernetes/grappe/cluster.yaml name before
  before=$(api_server_files)
  write_file "$config" 600 "$clusterConfig"
  kubeadm init phase upload-config all --config "$config" >&2
  while read -r name; do
    if [[ -n $name ]] && ! openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -ext subjectAltName | grep -qwF "$name"; then
      rm -f /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/apiserver.key
    fi
  done <<< "$certificateNames"
  kubeadm init phase certs apiserver --config "$config" >&2
  kubeadm init phase control-plane all --config "$config" >&2
  # The API server reads its files once, when it starts; an upgrade has started it just now.
  if [[ $upgraded = no || $(api_server_files) != "$before" ]]; then restart_static_pod kube-apiserver; fi
  rm -f "$config"
  kubeadm upgrade node phase kubelet-config >&2
  systemctl restart kubelet.service
}

change_server() {
  local upgraded=no
  if [[ $(recorded version) != "$version" ]]; then
    link_binaries kubeadm
    if [[ $(cluster_version) = "$version" ]]; then
      kubeadm upgrade node --patches="$(dirname "$dnsPatchFile")" --ignore-preflight-errors="$ignoredChecks" >&2
    else
      kubeadm upgrade apply "$version" --yes --patches="$(dirname "$dnsPatchFile")" --ignore-preflight-errors="$ignoredChecks" >&2
    fi
    link_binaries kubeadm kubelet kubectl
    systemctl daemon-reload
    systemctl restart kubelet.service
    await_api 300
    upgraded=yes
  fi
  # An upgrade goes on with the configuration that the cluster had.
  if [[ $(recorded applied) != "$configHash" ]]; then apply_cluster_configuration; fi
  # An upgrade renews them, too.
  if certificates_are_due; then renew_certificates; fi
}

if is_member && is_forgotten; then forget_membership; fi
if is_member; then
  write_server_files
  change_when_it_is_our_turn
else
  join
fi
await_member_server
remove_super_admin
write_server_timers
remove_other_versions
