#!/usr/bin/env bash
# grappe-step: bootstrap
# Makes the cluster, once, on the server that is first then. Prints the fingerprint of its certificate authority, by which
# everything that joins knows it.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${nodeName:?}" "${version:?}" "${configHash:?}" "${initConfig:?}"
# shellcheck source=../lib/server-start.sh
. ../lib/server-start.sh
# shellcheck source=lib/undo-interrupted.sh
. ./lib/undo-interrupted.sh
# shellcheck source=lib/control-plane.sh
. ./lib/control-plane.sh

print_fingerprint() {
  openssl x509 -in /etc/kubernetes/pki/ca.crt -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -d ' ' -f 1
}

node_registered() { [[ -n $(kube get node "$nodeName" --ignore-not-found -o name) ]]; }

bootstrap() {
  undo_interrupted
  link_binaries kubeadm kubelet kubectl
  # kubeadm waits for the API at the virtual address, which keepalived gives to a healthy server only.
  mkdir -p /run/grappe
  touch /run/grappe/bootstrapping
  trap 'rm -f /run/grappe/bootstrapping' EXIT
  write_server_files
  write_file /etc/kubernetes/grappe/kubeadm.yaml 600 "$initConfig"
  kubeadm init --config /etc/kubernetes/grappe/kubeadm.yaml --skip-token-print >&2
  until_success 60 "the kubelet to register $nodeName" node_registered || fail "the first server's kubelet didn't register its node. See: journalctl -u kubelet"
  rm -f /etc/kubernetes/grappe/kubeadm.yaml
  record_membership
}

is_member || bootstrap
await_api 120
print_fingerprint
