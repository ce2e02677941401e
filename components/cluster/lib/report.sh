#!/usr/bin/env bash
# Saying what went wrong, and waiting for what takes its time.
set -euo pipefail

fail() {
  echo "$(hostname): $*" >&2
  exit 1
}

# Runs a command until it succeeds: seconds, what is waited for, command. From 20 s on it says so on stderr every 10 s, with what the
# command leaves in `answer`: why it isn't so yet.
until_success() {
  local begin=$SECONDS end=$((SECONDS + $1)) what=$2 next=20 reason
  shift 2
  answer=''
  until "$@"; do
    ((SECONDS < end)) || return 1
    if ((SECONDS - begin >= next)); then
      reason=${answer//$'\n'/ }
      printf 'waiting for %s%s\n' "$what" "${reason:+: ${reason:0:300}}" >&2
      next=$((next + 10))
    fi
    sleep 0.3
  done
}
