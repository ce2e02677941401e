#!/usr/bin/env bash
# grappe-step: kubeconfig
# On a server: waits until the API answers at its stable address several times in a row, then prints the administrator's
# kubeconfig.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${apiAddress:?}" "${successes:?}"
# shellcheck source=lib/report.sh
. ./lib/report.sh

case $distribution in
  k3s)
    kubeconfig=/etc/rancher/k3s/k3s.yaml ca=/var/lib/rancher/k3s/server/tls/server-ca.crt
    certificate=/var/lib/rancher/k3s/server/tls/client-admin
    ;;
  kubeadm)
    kubeconfig=/etc/kubernetes/admin.conf ca=/etc/kubernetes/pki/ca.crt
    certificate=/etc/kubernetes/pki/apiserver-kubelet-client
    ;;
  *) fail "no distribution of ours: $distribution" ;;
esac

# With a certificate of the server's own: an API server that forbids anonymous requests says 401, whether it is ready or not.
ready_once() {
  local status
  status=$(curl --silent --max-time 5 --cacert "$ca" --cert "$certificate.crt" --key "$certificate.key" --output /dev/null \
    --write-out '%{http_code}' "https://$apiAddress:6443/readyz") || {
    answer="nothing answers"
    return 1
  }
  answer="it says $status"
  [[ $status = 200 ]]
}

ready_in_a_row() {
  local count
  for ((count = 0; count < successes; count++)); do
    ready_once || return 1
    sleep 0.2
  done
}

until_success 120 "https://$apiAddress:6443/readyz" ready_in_a_row || fail "https://$apiAddress:6443/readyz didn't answer $successes times in a row within 120 s.
Fix: check that $apiAddress is held by a server (systemctl status keepalived) and reachable from it."
cat "$kubeconfig"
