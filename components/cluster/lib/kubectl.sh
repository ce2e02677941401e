#!/usr/bin/env bash
# kubectl with the administrator's rights, on a server, against its own API server. Needs: distribution.
set -euo pipefail
: "${distribution:?}"

# Not in root's home, where nothing would take it away with the cluster.
export KUBECACHEDIR=/run/grappe/kubectl

is_server_member() {
  case $distribution in
    k3s) [[ -s /etc/rancher/k3s/k3s.yaml && -e /var/lib/grappe/kubernetes/member ]] ;;
    kubeadm) [[ -s /etc/kubernetes/admin.conf && -e /var/lib/grappe/kubernetes/member ]] ;;
    *) fail "no distribution of ours: $distribution" ;;
  esac
}

# Without a limit on a single request, for what watches.
kube_watching() {
  case $distribution in
    k3s) /usr/local/bin/k3s kubectl --kubeconfig=/etc/rancher/k3s/k3s.yaml "$@" ;;
    kubeadm) /usr/local/bin/kubectl --kubeconfig=/etc/kubernetes/admin.conf --server=https://127.0.0.1:6443 "$@" ;;
  esac
}

kube() { kube_watching --request-timeout=20s "$@"; }

# shellcheck disable=SC2034 # until_success reads it.
api_answers() { answer=$(kube get --raw /readyz 2>&1); }

await_api() { until_success "$1" "this server's Kubernetes API" api_answers || fail "the Kubernetes API of this server didn't answer for $1 s. See:
journalctl -u kubelet -u k3s -n 100, and crictl ps -a or k3s crictl ps -a."; }
