#!/usr/bin/env bash
# grappe-step: read-pebble-root
# On a server: prints the root certificate that Pebble's own TLS hangs on. Its key, which lies in the same ConfigMap, stays
# where it is.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${namespace:?}" "${configMap:?}" "${chartVersion:?}"
# shellcheck source=../cluster/lib/report.sh
. ../cluster/lib/report.sh
# shellcheck source=../cluster/lib/kubectl.sh
. ../cluster/lib/kubectl.sh

certificate=$(kube --namespace "$namespace" get configmap "$configMap" --output 'jsonpath={.data.root-cert\.pem}')
case $certificate in
  *"PRIVATE KEY"*) fail "root-cert.pem of Pebble $chartVersion holds a private key" ;;
  "-----BEGIN CERTIFICATE-----"*) printf '%s\n' "$certificate" ;;
  *) fail "root-cert.pem of Pebble $chartVersion is no certificate" ;;
esac
