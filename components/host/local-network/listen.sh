#!/usr/bin/env bash
# Part of preflight.sh: something listens where Kubernetes will, until the others have tried it.
set -euo pipefail
: "${privateAddress:?}" "${heldPorts=}" "${knownPorts=}"
nodePortsProgram=$(cat ./sockets.pl ./listen.pl)

stop_listening() { systemctl stop grappe-node-ports.service 2> /dev/null || true; }

# It goes with the preparation, the next boot, or after some hours. Of a node its own services answer.
listen_for_others() {
  [[ -n $heldPorts && ! -e /var/lib/grappe/kubernetes/member ]] || return 0
  mkdir -p /run/grappe
  printf '%s\n' "$nodePortsProgram" > /run/grappe/node-ports.pl
  systemctl reset-failed grappe-node-ports.service 2> /dev/null || true
  if ! systemd-run --quiet --collect --unit=grappe-node-ports --description='grappe: ports that others try' --property=Type=forking \
    --property=RuntimeMaxSec=6h --property=NoNewPrivileges=yes \
    --property=CapabilityBoundingSet='CAP_NET_RAW CAP_NET_BIND_SERVICE' perl /run/grappe/node-ports.pl "$privateAddress" "$heldPorts" "$knownPorts"; then
    warning 'nothing could listen for the others: its ports are tried only as far as a firewall gives no answer'
  fi
}
