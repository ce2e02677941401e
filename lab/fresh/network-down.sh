#!/usr/bin/env bash
# Takes away what network-up.sh made under a name, as far as it is there.
set -euo pipefail
eval "$(cat)"
: "${name:?}" "${interface:?}"

for table in nat filter; do
  iptables --wait --table "$table" --list-rules | while read -r rule; do
    case " $rule " in *" --comment $name "*) ;; *) continue ;; esac
    # shellcheck disable=SC2086 # The rule's words, none of which holds blanks.
    iptables --wait --table "$table" --delete ${rule#-A }
  done
done
ip link delete "$interface" 2> /dev/null || true
ip netns delete "$name" 2> /dev/null || true
