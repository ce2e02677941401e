#!/usr/bin/env bash
# grappe-step: local-network
# Looks at the network between the machines before anything is installed: tries the ports that they need of each other, and asks who
# holds the addresses that the cluster will take. Refuses with all that it finds: what, why and the fix.
set -euo pipefail
eval "$(cat)"
: "${name:?}" "${privateAddress:?}" "${plan:?}" "${virtualAddresses?}" "${hostAddresses:?}"
nodePortsProgram=$(cat ./sockets.pl ./report.pl ./try-ports.pl)
addressHoldersProgram=$(cat ./address-holders.pl)
# What was asked before, by this machine: the cluster's own since.
asked=/var/lib/grappe/virtual-addresses
refused=no

# Of an address that another machine of the cluster holds, whether it is to go or stays, nobody can say from outside that it is
# the cluster's. So it is asked before the cluster is there, and for what was added since.
addresses_to_ask() {
  local setting address
  while read -r setting address; do
    if [[ $clusterStands = no ]]; then
      echo "$setting $address"
    elif [[ -e $asked ]] && ! grep -qxF "$address" "$asked"; then
      echo "$setting $address"
    fi
  done <<< "$virtualAddresses"
}

holders() { # addresses
  local interface index mac
  interface=$(ip -o -4 address show to "$privateAddress/32" | awk '{ print $2; exit }')
  # What is no Ethernet has no ARP.
  read -r index mac < <(ip -o link show dev "${interface:-none}" 2> /dev/null | sed -nE 's|^([0-9]+): .* link/ether ([0-9a-f:]+) .*|\1 \2|p') || return 0
  perl -e "$addressHoldersProgram" "$index" "$mac" "$privateAddress" "$@"
}

ask_for_virtual_addresses() {
  local wanted setting address mac own
  wanted=$(addresses_to_ask)
  [[ -n $wanted ]] || return 0
  # shellcheck disable=SC2086
  own=$(holders $hostAddresses | awk '{ print $2 }')
  while read -r address mac; do
    # A machine of ours, which brings it along from somewhere.
    if grep -qxF "$mac" <<< "$own"; then continue; fi
    setting=$(awk -v address="$address" '$2 == address { print $1; exit }' <<< "$wanted")
    refused=yes
    echo "$setting: the address $address is held by another device already; its MAC is $mac.
      why: the cluster would take it too, and each would be reached now and then
      fix: choose one that nobody holds and no DHCP server gives out (ping isn't answered by all), or give that device another one; \
the router's list of clients tells by the MAC what it is" >&2
  done < <(awk '{ print $2 }' <<< "$wanted" | xargs -r -n 256 | while read -r -a some; do holders "${some[@]}"; done)
}

answer=$(perl -e "$nodePortsProgram" "$name" <<< "$plan") || refused=yes
clusterStands=no
if [[ -e /var/lib/grappe/kubernetes/member || $'\n'$answer$'\n' = *$'\nnodes are there\n'* ]]; then clusterStands=yes; fi
if [[ -n $virtualAddresses ]]; then ask_for_virtual_addresses; fi
[[ $refused = no ]] || exit 1
install -d -m 0711 /var/lib/grappe
awk 'NF { print $2 }' <<< "$virtualAddresses" > "$asked"
