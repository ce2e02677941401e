#!/usr/bin/env bash
# Makes this node's routes to the other nodes' pods what /etc/grappe/pod-routes says. Ours carry the protocol number 201; others
# are never touched. Pods' packets that leave the pod network get the node's address, as the world knows no way back to pods.
set -euo pipefail
: "${POD_CIDR:?}" "${POD_SUBNET:?}"
protocol=201

while read -r subnet address; do
  ip route replace "$subnet" via "$address" proto "$protocol"
done < /etc/grappe/pod-routes

# A node that is to be removed still has pods until it is drained, which comes after this: its route stays while its kubelet
# answers, and goes with a later run of the timer.
kubelet_answers() { timeout 1 bash -c ": < /dev/tcp/$1/10250" 2> /dev/null; }

ip -o route show proto "$protocol" | awk '{ print $1, $3 }' | while read -r subnet address; do
  if grep -q "^$subnet " /etc/grappe/pod-routes || kubelet_answers "$address"; then continue; fi
  ip route delete "$subnet" proto "$protocol"
done

masquerade=(POSTROUTING -s "$POD_SUBNET" ! -d "$POD_CIDR" -m comment --comment 'grappe: pods leave by the node' -j MASQUERADE)
iptables -w -t nat -C "${masquerade[@]}" 2> /dev/null || iptables -w -t nat -A "${masquerade[@]}"
