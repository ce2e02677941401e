#!/usr/bin/env bash
# Memory that pods don't get, by what this machine has: a kubelet's drop-in. Needs write-file.sh; lines of MiB: machine, system, kube.
set -euo pipefail
: "${reservedMemory:?}" "${reservedMemoryConfig:?}"

write_reserved_memory() { # file, memory's description
  local has least system kube text=''
  has=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' "${2:-/proc/meminfo}")
  while read -r least system kube; do
    if [[ -n $least ]] && ((has >= least)); then
      text=${reservedMemoryConfig//@system@/$system}
      text=${text//@kube@/$kube}
    fi
  done <<< "$reservedMemory"
  write_file "$1" 600 "$text"
}
