#!/usr/bin/env bash
# grappe-step: server-timers
# On a server: timers that run programs of ours where nobody says `up`. Those that the settings call for are there, and no others of ours.
set -euo pipefail
eval "$(cat)"
: "${units?}"
# shellcheck source=../cluster/lib/write-file.sh
. ../cluster/lib/write-file.sh

# By its values, which are written first and go last: a run that was cut off is seen, too.
standing_units() {
  local values
  for values in /etc/grappe/*.values; do
    if [[ -e $values ]]; then basename "$values" .values; fi
  done
}

is_wanted() { [[ " $units " = *" $1 "* ]]; }

remove_unit() {
  local unit=$1
  if [[ -e /etc/systemd/system/$unit.timer ]]; then systemctl disable --quiet --now "$unit.timer"; fi
  if [[ -e /etc/systemd/system/$unit.service ]]; then systemctl stop "$unit.service"; fi
  rm -f "/etc/systemd/system/$unit.timer" "/etc/systemd/system/$unit.service"
  systemctl daemon-reload
  # One that failed, or was stopped at work, stays in systemd's mind.
  systemctl reset-failed "$unit.timer" "$unit.service" 2> /dev/null || true
  rm -f "/usr/local/lib/grappe/$unit" "/etc/grappe/$unit.values"
}

# Its texts are variables that end as its place among the units says.
write_unit() {
  local unit=$1 place=$2 program="program_$2" programValues="programValues_$2" serviceUnit="serviceUnit_$2" timerUnit="timerUnit_$2"
  changed=no
  write_file "/etc/grappe/$unit.values" 600 "${!programValues:?}"
  write_file "/usr/local/lib/grappe/$unit" 755 "${!program:?}"
  write_file "/etc/systemd/system/$unit.service" 644 "${!serviceUnit:?}"
  write_file "/etc/systemd/system/$unit.timer" 644 "${!timerUnit:?}"
  if [[ $changed = yes ]] || ! systemctl is-active --quiet "$unit.timer"; then
    # It makes systemd read all units anew.
    systemctl enable --quiet "$unit.timer"
    systemctl restart "$unit.timer"
  fi
}

for unit in $(standing_units); do
  if ! is_wanted "$unit"; then remove_unit "$unit"; fi
done
place=0
for unit in $units; do
  write_unit "$unit" "$place"
  place=$((place + 1))
done
