#!/usr/bin/env bash
# grappe-step: database-gate
# On a server: waits until all instances of a CloudNativePG cluster are ready. Odoo is up with the first; until the last has joined, the
# loss of another machine could stop the shop.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${namespace:?}" "${cluster:?}" "${instances:?}" "${revision:?}" "${deadline:?}"
# shellcheck source=../../cluster/lib/report.sh
. ../../cluster/lib/report.sh
# shellcheck source=../../cluster/lib/kubectl.sh
. ../../cluster/lib/kubectl.sh

ours() { kube --namespace "$namespace" "$@"; }

# Of the instance that joins, what PostgreSQL's base backup says.
joining() {
  local line
  line=$(ours logs --selector "cnpg.io/cluster=$cluster,cnpg.io/jobRole=join" --tail=1 --prefix 2> /dev/null) || return 0
  [[ -z $line ]] || printf ', %s' "${line:0:200}"
}

all_ready() {
  local ready phase
  answer=$(ours get "clusters.postgresql.cnpg.io/$cluster" -o 'jsonpath={.status.readyInstances}{"\n"}{.status.phase}' 2>&1) || return 1
  { read -r ready && read -r phase; } <<< "$answer" || phase=''
  if [[ $ready = "$instances" ]]; then return 0; fi
  answer="${ready:-0} of $instances instances are ready, $phase$(joining)"
  return 1
}

await_api 120
until_success "$deadline" "the database" all_ready || fail "the database $namespace/$cluster isn't whole after $deadline s: $answer.
Odoo works meanwhile, but the loss of another machine may stop it. Fix: see ./grappe status, and whether each instance has a node of
its own (kubectl -n $namespace get pods -o wide -l cnpg.io/cluster=$cluster), then run again."
