#!/usr/bin/env bash
# An agent's change waits on the agent for a sign of the cluster: its membership, on a server, takes the turn, drains the
# node and annotates it with the hash that may go. So a step never holds the turn while the engine has others to run.
# Needs node-start.sh; values (the step's stdin), nodeName, configHash; kube_self.
set -euo pipefail
: "${values:?}" "${nodeName:?}" "${configHash:?}"
# shellcheck source=version-guard.sh
. ./version-guard.sh

switch_directory=/run/grappe/switch

annotate_self() { kube_self --request-timeout=20s annotate node "$nodeName" --overwrite "$@" > /dev/null; }

stage_switch() {
  local text=${BASH_EXECUTION_STRING:-}
  [[ -n $text ]] || text=$(< "$0")
  systemctl stop grappe-switch.service 2> /dev/null || true
  rm -rf "$switch_directory"
  (
    umask 077
    mkdir -p "$switch_directory"
    printf '%s' "$text" > "$switch_directory/script"
    printf "%s\nswitching='yes'\n" "$values" > "$switch_directory/values"
  )
  systemd-run --quiet --collect --unit=grappe-switch --description="grappe: change of this node, when it is drained" \
    --property=RuntimeMaxSec=6h --property=StandardInput=file:"$switch_directory/values" --setenv=HOME=/root \
    bash "$switch_directory/script"
  until_success 30 annotate_self "grappe.dev/pending=$configHash" || fail "$nodeName can't reach the Kubernetes API"
}

await_go() {
  rm -f "$switch_directory/values"
  kube_self wait "node/$nodeName" --timeout=6h "--for=jsonpath={.metadata.annotations.grappe\\.dev/go}=$configHash"
}

report_switched() {
  until_success 300 annotate_self "grappe.dev/applied=$configHash" grappe.dev/pending- grappe.dev/go-
}
