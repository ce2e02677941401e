#!/usr/bin/env bash
# Part of prepare.sh.
set -euo pipefail

clock_is_synchronised() { [[ $(timedatectl show --property=NTPSynchronized --value) = yes ]]; }

# Else it comes with the packages.
has_time_client() {
  [[ -n $(systemctl list-unit-files --no-legend --plain systemd-timesyncd.service chrony.service ntpsec.service 2> /dev/null) ]]
}

# A Pi has no clock that runs without power: certificates made before it knows the time would not be valid yet.
synchronise_clock() {
  if clock_is_synchronised; then return; fi
  if ! systemctl is-active --quiet chrony.service ntpsec.service; then
    timedatectl set-ntp true
  fi
  local seconds
  for ((seconds = 0; seconds < 180; seconds += 2)); do
    if clock_is_synchronised; then return; fi
    sleep 2
  done
  fail "the clock is not synchronised after 3 minutes; it says $(date -u '+%F %T') UTC, and certificates made now could be
invalid. Fix: let UDP port 123 out, or name a time server that is reached in /etc/systemd/timesyncd.conf (NTP=192.168.1.1),
then systemctl restart systemd-timesyncd"
}
