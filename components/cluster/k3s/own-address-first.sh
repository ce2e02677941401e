#!/usr/bin/env bash
# Before k3s starts: flannel takes the first address of its interface for the node's (pkg/agent/flannel/flannel.go), and the virtual
# address is the first one there once the node's own was lost and came back. Arguments: the node's address, the virtual one.
set -euo pipefail
own=$1 virtual=$2

interface=$(ip -o -4 address show to "$own/32" | awk '{ print $2; exit }')
[[ -n $interface ]] || exit 0
addresses=$(ip -o -4 address show dev "$interface" | awk '{ split($4, part, "/"); printf " %s ", part[1] }')
if [[ $addresses = *" $virtual "*" $own "* ]]; then
  ip address delete "$virtual/32" dev "$interface"
  ip address add "$virtual/32" dev "$interface"
fi
