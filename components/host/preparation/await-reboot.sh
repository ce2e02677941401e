#!/usr/bin/env bash
# grappe-step: await-reboot
# Asserts that the reboot has happened, where one was needed, and that it had its effect.
set -euo pipefail
eval "$(cat)"
: "${formerBoot:?}"

fail() {
  echo "$(hostname): $*" >&2
  exit 1
}

# shellcheck source=memory-cgroup.sh
. ./memory-cgroup.sh

if [[ $(< /proc/sys/kernel/random/boot_id) = "$formerBoot" ]]; then
  fail 'it has not rebooted, though its preparation asked for it. Fix: reboot it by hand, then pulumi up again'
fi
if ! memory_cgroup_is_on; then
  fail "the kernel's memory cgroup is still off after the reboot. Fix: see what the boot loader passed (cat /proc/cmdline)
and whether /boot/firmware/cmdline.txt is the file that it reads"
fi
timeout 120 systemctl is-system-running --wait > /dev/null 2>&1 || true
cat /proc/sys/kernel/random/boot_id
