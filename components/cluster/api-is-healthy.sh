#!/usr/bin/env bash
# keepalived asks this whether the server's own API answers: exit status 0, it may hold the virtual address. 401 is an answer
# too, from an API that forbids anonymous requests. While the cluster is made, its first server holds the address.
set -euo pipefail
[[ ! -e /run/grappe/bootstrapping ]] || exit 0
status=$(curl --silent --insecure --max-time 3 --output /dev/null --write-out '%{http_code}' https://127.0.0.1:6443/readyz)
[[ $status = 200 || $status = 401 ]]
