#!/usr/bin/env bash
# grappe-step: routes
# Routes to the other nodes' pods, for the CNI `routed`; what runs isn't touched. A timer brings back what a link's down took.
set -euo pipefail
eval "$(cat)"
: "${routes?}" "${podCidr:?}" "${podSubnet:?}" "${routesScript:?}" "${routesService:?}" "${routesTimer:?}"
# shellcheck source=../lib/write-file.sh
. ../lib/write-file.sh

write_file /usr/local/lib/grappe/pod-routes 755 "$routesScript"
write_file /etc/systemd/system/grappe-pod-routes.service 644 "$routesService"
write_file /etc/systemd/system/grappe-pod-routes.timer 644 "$routesTimer"
units_changed=$changed
write_file /etc/grappe/pod-routes 644 "$routes"
write_file /etc/grappe/pod-routes.env 644 "POD_CIDR=$podCidr
POD_SUBNET=$podSubnet
"
# It makes systemd read all units anew.
if [[ $units_changed = yes ]]; then systemctl enable --quiet --now grappe-pod-routes.timer; fi
systemctl start grappe-pod-routes.service
