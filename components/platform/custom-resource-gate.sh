#!/usr/bin/env bash
# grappe-step: custom-resource-gate
# On a server: waits until the API server takes the given object: its kind is established and its webhook answers.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${definitions:?}" "${manifest:?}" "${deadline:?}"
# shellcheck source=../cluster/lib/report.sh
. ../cluster/lib/report.sh
# shellcheck source=../cluster/lib/kubectl.sh
. ../cluster/lib/kubectl.sh

established() {
  local definition
  for definition in $definitions; do
    answer=$definition
    kube wait --for=condition=Established --timeout=5s "customresourcedefinition/$definition" > /dev/null 2>&1 || return 1
  done
}

taken() { answer=$(kube apply --server-side --force-conflicts --dry-run=server --filename=- <<< "$manifest" 2>&1); }

until_success "$deadline" "the definitions of custom resources" established || fail "the definitions $definitions were not established within $deadline s."
until_success "$deadline" "the webhook to take an object" taken || fail "the API server still refused after $deadline s: $answer"
