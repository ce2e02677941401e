#!/usr/bin/env bash
# The last that cloud-init does at a card's first boot, as root. $1: the user data that stays on the boot partition.
set -euo pipefail

# Raspberry Pi OS has SSH off; Ubuntu has its socket on.
if ! systemctl is-enabled --quiet ssh.socket 2> /dev/null; then systemctl enable --now --quiet ssh.service; fi

# A later boot that took the machine for another one would give it another host key than the pinned one.
printf 'ssh_deletekeys: false\n' > /etc/cloud/cloud.cfg.d/90-grappe-card.cfg

# Everybody can read the boot partition. The file is overwritten in its place before the shorter one is written, for what is
# freed there stays readable on the disk.
for seed in /boot/firmware/user-data /boot/user-data; do
  [[ -f $seed ]] || continue
  if [[ $(sed -n 2p "$seed") = '# Written by grappe card for '* ]]; then
    shred --iterations=1 --zero "$seed"
    printf '%s' "$1" > "$seed"
    sync "$seed"
  fi
done
