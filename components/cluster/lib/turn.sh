#!/usr/bin/env bash
# The turn: only one node at a time is out for an upgrade, a changed configuration, a resize or a replacement.
# It is the ConfigMap kube-system/grappe-turn, whose creation and replacement the API server makes atomic. A holder that
# died loses it when it expires; one that failed says so, and no other node is touched. Needs kubectl.sh; nodeName,
# drainTimeoutSeconds.
set -euo pipefail
: "${nodeName:?}" "${drainTimeoutSeconds:?}"

turn_data() { # value of `failed`
  printf '{"holder": "%s", "expires": "%s", "failed": "%s"}' "$nodeName" $(($(date +%s) + drainTimeoutSeconds + 1200)) "$1"
}

turn_manifest() { # resource version, or empty for a new one; value of `failed`
  printf '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "grappe-turn", "namespace": "kube-system"%s}, "data": %s}' \
    "${1:+, \"resourceVersion\": \"$1\"}" "$(turn_data "$2")"
}

# Sets turn_version, turn_holder, turn_expires, turn_failed; all empty where nobody has the turn.
read_turn() {
  local current
  current=$(kube -n kube-system get configmap grappe-turn --ignore-not-found \
    -o jsonpath='{.metadata.resourceVersion},{.data.holder},{.data.expires},{.data.failed}' 2> /dev/null) || return 1
  IFS=, read -r turn_version turn_holder turn_expires turn_failed <<< "$current"
}

try_turn() {
  local turn_version turn_holder turn_expires turn_failed
  read_turn || return 1
  if [[ -z $turn_version ]]; then
    turn_manifest '' '' | kube create -f - > /dev/null 2>&1
    return
  fi
  if [[ $turn_holder != "$nodeName" ]] && ((turn_expires > $(date +%s))); then
    [[ -z $turn_failed ]] || fail "$nodeName wasn't changed, as $turn_holder failed while it was changed: $turn_failed.
Fix: mend $turn_holder and run again; or, to go on without it: kubectl -n kube-system delete configmap grappe-turn."
    # shellcheck disable=SC2034 # until_success reads it.
    answer="$turn_holder has it"
    return 1
  fi
  # Refused with a conflict where another one was faster.
  turn_manifest "$turn_version" '' | kube replace -f - > /dev/null 2>&1
}

# Seconds to wait.
take_turn() {
  until_success "$1" "$nodeName's turn" try_turn || fail "$nodeName waited $1 s for its turn and didn't get it. Fix: run again."
}

# The node was touched and isn't back: nobody else may go until it is, or the turn expires.
keep_failed_turn() { # reason
  local turn_version turn_holder turn_expires turn_failed
  read_turn && [[ $turn_holder = "$nodeName" ]] || return 0
  turn_manifest "$turn_version" "$1" | kube replace -f - > /dev/null 2>&1 || true
}

release_turn() {
  local turn_version turn_holder turn_expires turn_failed
  read_turn || return 1
  if [[ $turn_holder = "$nodeName" ]]; then
    kube -n kube-system delete configmap grappe-turn --ignore-not-found > /dev/null
  fi
}
