#!/usr/bin/env bash
# Saying what went wrong, and waiting for what takes its time.
set -euo pipefail

fail() {
  echo "$(hostname): $*" >&2
  exit 1
}

# Runs a command until it succeeds: seconds, command.
until_success() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.3
  done
}
