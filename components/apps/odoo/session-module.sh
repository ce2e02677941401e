#!/usr/bin/env bash
# grappe-step: session-module
# On a server: makes the ConfigMap with the module that keeps Odoo's sessions in its database, of the file that was fetched.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${namespace:?}" "${configMap:?}" "${file:?}"
# shellcheck source=../../cluster/lib/report.sh
. ../../cluster/lib/report.sh
# shellcheck source=../../cluster/lib/kubectl.sh
. ../../cluster/lib/kubectl.sh

render() {
  kube --namespace "$namespace" create configmap "$configMap" --from-file="session_db.whl=$file" --dry-run=client --output=json
}

# The API may be between two servers for a moment.
apply() { answer=$(render | kube apply --server-side --force-conflicts --field-manager=grappe --filename=- 2>&1); }

until_success 60 "the API to take the session module" apply || fail "the ConfigMap $configMap was not made in $namespace: $answer"
