#!/usr/bin/env bash
# Copies of databases on a machine's own disk, when the machine has left: CloudNativePG waits for such a disk to come back, for ever, and the
# database stays without that copy. Told that it won't, it makes another one. Needs report.sh, kubectl.sh; nodeName.
set -euo pipefail
: "${nodeName:?}"

# Claims of databases' instances whose volume lies on the node: namespace, claim, database, instance.
claims_on_node() {
  kube get persistentvolumeclaims -A -l cnpg.io/instanceName -o "jsonpath={range .items[*]}{.metadata.annotations.volume\.kubernetes\.io/selected-node} {.metadata.namespace} {.metadata.name} {.metadata.labels.cnpg\.io/cluster} {.metadata.labels.cnpg\.io/instanceName}{'\n'}{end}" |
    awk -v node="$nodeName" '$1 == node && NF == 5 { print $2, $3, $4, $5 }'
}

primary_is_elsewhere() { # namespace, database, instance
  local primary
  primary=$(kube -n "$1" get clusters.postgresql.cnpg.io "$2" --ignore-not-found -o 'jsonpath={.status.currentPrimary}') || return 1
  # shellcheck disable=SC2034 # until_success reads it.
  answer="its primary is ${primary:-none}"
  [[ -n $primary && $primary != "$3" ]]
}

# Only where another copy is in charge: the last one's data may still be wanted, from the machine's disk.
forget_database_copies() {
  local namespace claim database instance
  [[ -n $(kube get customresourcedefinition clusters.postgresql.cnpg.io --ignore-not-found -o name) ]] || return 0
  while read -r namespace claim database instance; do
    if ! until_success 90 "another copy of the database $namespace/$database to take over from $instance" \
      primary_is_elsewhere "$namespace" "$database" "$instance"; then
      echo "$nodeName had $instance of the database $namespace/$database, and no other has taken over: its volume's claim $claim stays." >&2
      continue
    fi
    kube -n "$namespace" delete persistentvolumeclaim "$claim" --ignore-not-found --wait=false > /dev/null
    kube -n "$namespace" delete pod "$instance" --ignore-not-found --wait=false > /dev/null
  done < <(claims_on_node)
}
