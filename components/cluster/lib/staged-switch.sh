#!/usr/bin/env bash
# An agent's change waits on the agent for a sign of the cluster: its membership, on a server, takes the turn, drains the
# node and annotates it with the hash that may go. So a step never holds the turn while the engine has others to run.
# Needs node-start.sh; values (the step's stdin), nodeName, configHash; patch_self, which merges JSON into this machine's Node;
# may_go, which says whether that has the sign. Units get the system's own locale, so it brings a step's environment along.
set -euo pipefail
: "${values:?}" "${nodeName:?}" "${configHash:?}"
# shellcheck source=version-guard.sh
. ./version-guard.sh

switch_directory=/run/grappe/switch

annotate_self() { patch_self "{\"metadata\": {\"annotations\": {$1}}}"; }

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
    --property=RuntimeMaxSec=6h --property=StandardInput=file:"$switch_directory/values" --property=UMask=0022 \
    env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME=/root USER=root LOGNAME=root SHELL=/bin/bash DEBIAN_FRONTEND=noninteractive \
    bash --norc "$switch_directory/script"
  until_success 30 "the Kubernetes API" annotate_self "\"grappe.dev/pending\": \"$configHash\", \"grappe.dev/applied\": null" || fail "$nodeName can't reach the Kubernetes API"
}

await_go() {
  rm -f "$switch_directory/values"
  # The unit's own deadline ends this.
  until may_go; do sleep 1; done
}

report_switched() {
  until_success 300 "the Kubernetes API" annotate_self "\"grappe.dev/applied\": \"$configHash\", \"grappe.dev/pending\": null, \"grappe.dev/go\": null"
}
