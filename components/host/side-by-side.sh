#!/usr/bin/env bash
# Runs commands side by side, as many at once as there are processors; one that fails ends the script.
set -euo pipefail

processors=$(nproc) side_by_side=()

# Not `wait -n`: now and then it misses a job that has ended already.
begin() { # command
  if ((${#side_by_side[@]} >= processors)); then
    wait "${side_by_side[0]}"
    side_by_side=("${side_by_side[@]:1}")
  fi
  "$@" &
  side_by_side+=($!)
}

await_all() {
  local job
  for job in "${side_by_side[@]}"; do wait "$job"; done
}
