#!/usr/bin/env bash
# keepalived asks this whether the server's own API is ready, etcd included: exit status 0, it may hold the virtual address. It asks
# with a certificate of the server's own, as an API that forbids anonymous requests says 401 whether it is ready or not. While the
# cluster is made, its first server holds the address.
set -euo pipefail
[[ ! -e /run/grappe/bootstrapping ]] || exit 0
certificate=/etc/kubernetes/pki/apiserver-kubelet-client
if [[ -e /var/lib/rancher/k3s/server/tls ]]; then certificate=/var/lib/rancher/k3s/server/tls/client-admin; fi
status=$(curl --silent --insecure --max-time 3 --cert "$certificate.crt" --key "$certificate.key" --output /dev/null \
  --write-out '%{http_code}' https://127.0.0.1:6443/readyz)
[[ $status = 200 ]]
