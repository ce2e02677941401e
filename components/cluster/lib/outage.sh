#!/usr/bin/env bash
# A node out of work, in its turn, and back. The annotation tells a node that we cordoned from one that somebody else did.
# Needs kubectl.sh.
set -euo pipefail
: "${nodeName:?}"
# shellcheck source=node.sh
. ./node.sh
# shellcheck source=turn.sh
. ./turn.sh

drain_or_release_turn() {
  kube annotate node "$nodeName" --overwrite grappe.dev/drained=yes > /dev/null
  if ! (drain_node); then
    kube annotate node "$nodeName" grappe.dev/drained- > /dev/null
    release_turn
    exit 1
  fi
}

back_to_work() {
  if [[ $(annotation drained) = yes ]]; then
    kube uncordon "$nodeName" > /dev/null
    kube annotate node "$nodeName" grappe.dev/drained- > /dev/null
  fi
  release_turn
}
