#!/usr/bin/env bash
# Makes a network namespace with one interface, from which the internet is reached by way of this computer.
set -euo pipefail
eval "$(cat)"
: "${name:?}" "${interface:?}" "${here:?}" "${there:?}" "${subnet:?}"

ip netns add "$name"
ip link add "$interface" type veth peer name eth0 netns "$name"
ip address add "$here/30" dev "$interface"
ip link set "$interface" up
ip -n "$name" link set lo up
ip -n "$name" address add "$there/30" dev eth0
ip -n "$name" link set eth0 up
ip -n "$name" route add default via "$here"
[ "$(< /proc/sys/net/ipv4/ip_forward)" = 1 ] || echo 1 > /proc/sys/net/ipv4/ip_forward
iptables --wait --table nat --append POSTROUTING --source "$subnet" --jump MASQUERADE --match comment --comment "$name"
iptables --wait --insert FORWARD --source "$subnet" --jump ACCEPT --match comment --comment "$name"
iptables --wait --insert FORWARD --destination "$subnet" --jump ACCEPT --match comment --comment "$name"
