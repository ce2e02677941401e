#!/usr/bin/env bash
# A control plane's certificates; the kubelet renews its own. Needs report.sh.
set -euo pipefail
# shellcheck source=../../lib/certificates.sh
. ../../lib/certificates.sh

own_certificates() {
  local name
  for name in apiserver apiserver-kubelet-client apiserver-etcd-client front-proxy-client etcd/{server,peer,healthcheck-client}; do
    echo "/etc/kubernetes/pki/$name.crt"
  done
  for name in admin super-admin controller-manager scheduler; do echo "/etc/kubernetes/$name.conf"; done
}

# A process' name has fifteen characters.
static_pod_runs() { pgrep -x "${1:0:15}" > /dev/null; }

static_pod_is_gone() { ! static_pod_runs "$1"; }

restart_static_pod() {
  local manifest=/etc/kubernetes/manifests/$1.yaml
  mkdir -p /etc/kubernetes/grappe
  mv -f "$manifest" "/etc/kubernetes/grappe/$1.yaml"
  until_success 60 "$1 to end" static_pod_is_gone "$1" || true
  mv -f "/etc/kubernetes/grappe/$1.yaml" "$manifest"
  until_success 120 "$1 to run" static_pod_runs "$1" || true
}

# They are read once, when a program starts.
renew_certificates() {
  local name
  kubeadm certs renew all >&2
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler; do restart_static_pod "$name"; done
}
