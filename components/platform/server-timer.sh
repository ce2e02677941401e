#!/usr/bin/env bash
# grappe-step: server-timer
# On a server: a timer that runs a program of ours where nobody says `up`.
set -euo pipefail
eval "$(cat)"
: "${unit:?}" "${program:?}" "${programValues:?}" "${serviceUnit:?}" "${timerUnit:?}"
# shellcheck source=../cluster/lib/write-file.sh
. ../cluster/lib/write-file.sh

write_file "/usr/local/lib/grappe/$unit" 755 "$program"
write_file "/etc/grappe/$unit.values" 600 "$programValues"
write_file "/etc/systemd/system/$unit.service" 644 "$serviceUnit"
write_file "/etc/systemd/system/$unit.timer" 644 "$timerUnit"
if [[ $changed = yes ]] || ! systemctl is-active --quiet "$unit.timer"; then
  # It makes systemd read all units anew.
  systemctl enable --quiet "$unit.timer"
  systemctl restart "$unit.timer"
fi
