#!/usr/bin/env bash
# The certificates that this machine's k3s works with (pkg/daemons/control/deps/deps.go, pkg/agent/config/config.go).
set -euo pipefail
# shellcheck source=../../lib/certificates.sh
. ../../lib/certificates.sh

own_certificates() {
  local name
  for name in client-{admin,controller,scheduler,kube-apiserver,auth-proxy} serving-kube-apiserver etcd/{client,server-client,peer-server-client}; do
    echo "/var/lib/rancher/k3s/server/tls/$name.crt"
  done
  for name in {client,serving}-kubelet client-kube-proxy client-k3s-controller; do
    echo "/var/lib/rancher/k3s/agent/$name.crt"
  done
}
