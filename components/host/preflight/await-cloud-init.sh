#!/usr/bin/env bash
# Part of preflight.sh.
set -euo pipefail

# A cloud image still sets itself up at the first login: names, keys, disks. Some releases end with 2 for mere complaints.
await_cloud_init() {
  command -v cloud-init > /dev/null || return 0
  local code=0
  timeout 300 cloud-init status --wait > /dev/null 2>&1 || code=$?
  case $code in
    0 | 2) ;;
    124) finding 'cloud-init has not finished within 5 minutes' 'it still changes the machine' \
      'see what it waits for: cloud-init status --long' ;;
    *) finding "cloud-init failed (exit code $code)" 'the machine is not what its image and user data say' \
      'see why: cloud-init status --long; /var/log/cloud-init.log' ;;
  esac
}
