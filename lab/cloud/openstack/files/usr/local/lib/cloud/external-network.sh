#!/usr/bin/env bash
# The external network's bridge, and what lets packets through this host: from the bridge to the computer and on.
set -euo pipefail
bridge='{{externalBridge}}'
ip link show "$bridge" >/dev/null 2>&1 || ip link add "$bridge" type bridge
ip address replace '{{externalGateway}}/{{externalPrefixLength}}' dev "$bridge"
ip link set "$bridge" up
sysctl --quiet --write net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
iptables --policy FORWARD ACCEPT
# Instances reach the internet by this host's own address, as behind any provider's router.
iptables --table nat --check POSTROUTING --source '{{externalSubnet}}' ! --destination '{{externalSubnet}}' --out-interface eth0 --jump MASQUERADE 2>/dev/null ||
  iptables --table nat --append POSTROUTING --source '{{externalSubnet}}' ! --destination '{{externalSubnet}}' --out-interface eth0 --jump MASQUERADE
