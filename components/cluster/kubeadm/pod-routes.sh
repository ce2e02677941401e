#!/usr/bin/env bash
# Makes this node's routes to the other nodes' pods what /etc/grappe/pod-routes says. Ours carry the protocol number 201; others
# are never touched. Pods' packets that leave the pod network get the node's address, as the world knows no way back to pods.
set -euo pipefail
: "${POD_CIDR:?}" "${POD_SUBNET:?}"
protocol=201

while read -r subnet address; do
  ip route replace "$subnet" via "$address" proto "$protocol"
done < /etc/grappe/pod-routes

ip -o route show proto "$protocol" | awk '{ print $1 }' | while read -r subnet; do
  if ! grep -q "^$subnet " /etc/grappe/pod-routes; then ip route delete "$subnet" proto "$protocol"; fi
done

masquerade=(POSTROUTING -s "$POD_SUBNET" ! -d "$POD_CIDR" -m comment --comment 'grappe: pods leave by the node' -j MASQUERADE)
iptables -w -t nat -C "${masquerade[@]}" 2> /dev/null || iptables -w -t nat -A "${masquerade[@]}"
