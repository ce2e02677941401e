#!/usr/bin/env bash
# grappe-step: certificate-timer
# On a server: a timer that renews the ingress' certificate where nobody says `up`.
set -euo pipefail
eval "$(cat)"
: "${program:?}" "${programValues:?}" "${serviceUnit:?}" "${timerUnit:?}"
# shellcheck source=../cluster/lib/write-file.sh
. ../cluster/lib/write-file.sh

write_file /usr/local/lib/grappe/issue-certificate 755 "$program"
write_file /etc/grappe/certificate.values 600 "$programValues"
write_file /etc/systemd/system/grappe-certificate.service 644 "$serviceUnit"
write_file /etc/systemd/system/grappe-certificate.timer 644 "$timerUnit"
if [[ $changed = yes ]] || ! systemctl is-active --quiet grappe-certificate.timer; then
  # It makes systemd read all units anew.
  systemctl enable --quiet grappe-certificate.timer
  systemctl restart grappe-certificate.timer
fi
