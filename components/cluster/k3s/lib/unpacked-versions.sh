#!/usr/bin/env bash
# k3s unpacks itself, some 230 MB a version, and takes nothing away (cmd/k3s/main.go). The links `current` and `previous` say which it
# runs and would go back to. A container that outlived two upgrades still asks the runc of its own version.
set -euo pipefail

unpacked=/var/lib/rancher/k3s/data

remove_other_unpacked_versions() {
  local directory kept
  kept=$(
    readlink -f "$unpacked/current" "$unpacked/previous" || true
    readlink /proc/[0-9]*/exe || true
  )
  for directory in "$unpacked"/*; do
    if ! [[ -d $directory && ! -L $directory && ${directory##*/} =~ ^[0-9a-f]{64}$ ]]; then continue; fi
    if grep -qE "^$directory(/|$)" <<< "$kept"; then continue; fi
    rm -rf "$directory"
  done
}
