#!/usr/bin/env bash
# grappe-step: custom-resource-gate
# Waits until the API server takes the given objects: their kinds are established and their webhooks answer.
set -euo pipefail
eval "$(cat)"
: "${kubeconfig:?}" "${definitions:?}" "${manifest:?}" "${deadlineSeconds:?}"
export KUBECONFIG="$kubeconfig"

kubectl=(kubectl)
command -v kubectl >/dev/null || kubectl=(k3s kubectl)
deadline=$((SECONDS + deadlineSeconds))

left() {
  local seconds=$((deadline - SECONDS))
  ((seconds > 0)) || return 1
  printf '%s' "$seconds"
}

for definition in $definitions; do
  until "${kubectl[@]}" get customresourcedefinition "$definition" >/dev/null 2>&1; do
    left >/dev/null || { echo "no definition of $definition after $deadlineSeconds seconds" >&2; exit 1; }
    sleep 1
  done
  "${kubectl[@]}" wait --for=condition=Established --timeout="$(left)s" "customresourcedefinition/$definition"
done

until answer="$("${kubectl[@]}" apply --server-side --force-conflicts --dry-run=server -f - <<<"$manifest" 2>&1)"; do
  if ! left >/dev/null; then
    printf 'the API server still refuses after %s seconds: %s\n' "$deadlineSeconds" "$answer" >&2
    exit 1
  fi
  sleep 1
done
echo "the API server takes it"
