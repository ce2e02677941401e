#!/usr/bin/env bash
# The API's virtual address on this server. Needs write-file.sh; keepalivedConf (empty: no virtual address), nodeAddress.
set -euo pipefail
: "${nodeAddress:?}" "${keepalivedConf?}" "${apiHealthCheck?}"

interface_of_address() { ip -o -4 address show to "$1/32" | awk '{ print $2; exit }'; }

write_keepalived() {
  [[ -n $keepalivedConf ]] || return 0
  local interface before=$changed
  interface=$(interface_of_address "$nodeAddress")
  [[ -n $interface ]] || fail "no interface of this machine has the address $nodeAddress that the settings give it"
  changed=no
  write_file /etc/grappe/api-is-healthy 755 "$apiHealthCheck"
  write_file /etc/keepalived/keepalived.conf 600 "${keepalivedConf//@interface@/$interface}"
  if [[ $changed = yes ]]; then
    systemctl enable --quiet keepalived.service
    systemctl reload-or-restart keepalived.service
  elif ! systemctl is-active --quiet keepalived.service; then
    systemctl restart keepalived.service
  fi
  changed=$before
}
