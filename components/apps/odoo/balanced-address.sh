#!/usr/bin/env bash
# grappe-step: odoo-balanced-address
# On a server: tells Odoo the address that the load balancer chose for it, as only the cluster knew it.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${namespace:?}" "${deployment:?}" "${url:?}" "${revision:?}"
# shellcheck source=../../cluster/lib/report.sh
. ../../cluster/lib/report.sh
# shellcheck source=../../cluster/lib/kubectl.sh
. ../../cluster/lib/kubectl.sh

# A pod that is being replaced answers no more; the next try asks another one.
told() {
  answer=$(kube --namespace "$namespace" exec --stdin "deployment/$deployment" --container odoo -- \
    python3 /scripts/address.py <<< "$url" 2>&1)
}

until_success 180 "Odoo to take its address" told || fail "Odoo was not told that people reach it at $url: ${answer: -600}
Fix: see what its pods say (kubectl -n $namespace logs deployment/$deployment -c odoo), then run again."
