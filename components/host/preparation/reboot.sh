#!/usr/bin/env bash
# grappe-step: reboot
# Reboots a machine if its preparation asked for it and it has not happened yet. Prints the boot id that must be gone
# afterwards, or "none". The SSH server stops listening first, so that the next step's connection waits for the new boot.
set -euo pipefail
eval "$(cat)"
: "${outcome:?}"
boot_id=$(< /proc/sys/kernel/random/boot_id)
if [[ $outcome != "reboot-after $boot_id" ]]; then
  echo none
  exit
fi
sync
systemd-run --quiet --collect --unit=grappe-reboot --on-active=3s --timer-property=AccuracySec=100ms systemctl reboot
# The listeners go; the session that this runs in is a process of its own and stays until the reboot.
for unit in ssh.socket ssh.service; do
  if systemctl is-active --quiet "$unit"; then systemctl stop "$unit"; fi
done
echo "$boot_id"
