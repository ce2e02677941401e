#!/usr/bin/env bash
# What this machine knows of a restore of etcd, in /var/lib/grappe/restore, one file each:
#   id          which one: made when it began, the same on all servers
#   target      address of the server that gets the snapshot
#   snapshot    its name, and place: disk, s3 or data
#   phase       stopping, stopped; then on the target restored, started, over; on the other servers cleared, joined
# Needs report.sh.
set -euo pipefail

restore_directory=/var/lib/grappe/restore

restore_recorded() { cat "$restore_directory/$1" 2> /dev/null || true; }

restore_record() { # name, value
  mkdir -p "$restore_directory"
  printf '%s\n' "$2" > "$restore_directory/$1.new"
  mv -f "$restore_directory/$1.new" "$restore_directory/$1"
}

phase_is() { # any of these
  local phase
  phase=$(restore_recorded phase)
  [[ " $* " = *" ${phase:-none} "* ]]
}

refuse_other_restore() { # id
  [[ $(restore_recorded id) = "$1" ]] || fail "another restore of etcd ($(restore_recorded id)) is under way on this machine. Fix: run ./grappe restore again."
}
