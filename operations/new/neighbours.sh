#!/usr/bin/env bash
# grappe-step: neighbours
# Asks a network which of the given addresses something holds, and prints these on a line of its own. A small packet to each
# makes the kernel ask by ARP, which everything at an address answers, whatever its firewall says; changes nothing.
set -euo pipefail
eval "$(cat)"
: "${addresses:?}"

for address in $addresses; do
  { echo > "/dev/udp/$address/9"; } 2> /dev/null || true
done
# ARP asks three times, a second apart.
sleep 3.2

wanted=" $addresses "
found=()
while read -r address rest; do
  if [[ $wanted = *" $address "* && $rest = *lladdr* && $rest != *FAILED* ]]; then found+=("$address"); fi
done < <(ip -4 neigh show)
printf '\ngrappe-neighbours:%s\n' "${found[*]-}"
