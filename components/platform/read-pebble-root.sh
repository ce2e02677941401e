#!/usr/bin/env bash
# grappe-step: read-pebble-root
# Prints the root certificate that Pebble's own TLS hangs on. Its key, which lies in the same ConfigMap, stays where it is.
set -euo pipefail
eval "$(cat)"
: "${kubeconfig:?}" "${namespace:?}" "${configMap:?}" "${revision:?}"
export KUBECONFIG="$kubeconfig"

kubectl=(kubectl)
command -v kubectl >/dev/null || kubectl=(k3s kubectl)
certificate="$("${kubectl[@]}" --namespace "$namespace" get configmap "$configMap" --output 'jsonpath={.data.root-cert\.pem}')"
case "$certificate" in
  *"PRIVATE KEY"*) echo "root-cert.pem of $namespace/$configMap holds a private key" >&2; exit 1 ;;
  "-----BEGIN CERTIFICATE-----"*) printf '%s\n' "$certificate" ;;
  *) echo "root-cert.pem of $namespace/$configMap is no certificate" >&2; exit 1 ;;
esac
