#!/usr/bin/env bash
# Part of prepare.sh.
set -euo pipefail
: "${state:=/var/lib/grappe}"

# Swap comes from /etc/fstab, from units (zram, systemd's generators) or from Raspberry Pi OS's own services; the units
# that are masked here are remembered, so that the cleanup gives them back.
turn_swap_off() {
  if grep -qsE '^[^#]\S*\s+\S+\s+swap\s' /etc/fstab; then
    sed --in-place --regexp-extended 's/^([^#]\S*\s+\S+\s+swap\s.*)$/#grappe: \1/' /etc/fstab
    systemctl daemon-reload
  fi
  local unit
  while read -r unit; do
    systemctl mask --quiet --now "$unit"
    grep -qxsF "$unit" "$state/masked-units" || echo "$unit" >> "$state/masked-units"
  done < <(swap_units)
  swapoff --all
  if (($(wc -l < /proc/swaps) > 1)); then fail 'swap is still on: see /proc/swaps. Fix: swapoff it by hand'; fi
}

swap_units() {
  systemctl list-unit-files --no-legend --plain dphys-swapfile.service zramswap.service |
    awk '$2 != "masked" { print $1 }'
  systemctl list-units --type=swap --all --no-legend --plain | awk '$2 != "masked" && $3 == "active" { print $1 }'
}
