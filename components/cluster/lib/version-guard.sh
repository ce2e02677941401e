#!/usr/bin/env bash
# Refuses what Kubernetes doesn't support: to skip a minor, or to go back to an earlier one.
set -euo pipefail

minor_of() { sed -E 's/^v?1\.([0-9]+)\..*$/\1/' <<< "$1"; }

# Version that runs, version that is wanted.
guard_version() {
  local from to
  from=$(minor_of "$1") to=$(minor_of "$2")
  if ((to > from + 1)); then
    fail "Kubernetes $1 runs here and $2 is wanted: Kubernetes may not skip a minor. Nothing was changed.
Fix: set grappe:cluster.version to a 1.$((from + 1)) first, pulumi up, then go on."
  fi
  if ((to < from)); then
    fail "Kubernetes $1 runs here and $2 is wanted: Kubernetes can't go back to an earlier minor. Nothing was changed.
Fix: set grappe:cluster.version to a 1.$from or later; to go back, restore an etcd snapshot of that time."
  fi
}
