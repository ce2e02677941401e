#!/usr/bin/env bash
# ebtables for Neutron's agent: ebtables-nft can't find a rule with --among-src again to delete it, and the agent would try for
# ever; so such a rule is deleted by its number. A chain of Neutron's has one of them.
set -euo pipefail

real=/usr/sbin/ebtables-nft
if [[ " $* " != *" -D "*" --among-src "* ]]; then exec "$real" "$@"; fi

table=filter
while (($# > 0)); do
  case $1 in
    -t) table=$2; shift 2 ;;
    -D) chain=$2; shift 2 ;;
    *) shift ;;
  esac
done
number=$("$real" -t "$table" --concurrent -L "$chain" --Ln | awk '/--among-src/ { sub(/\..*/, "", $1); print $1; exit }')
if [[ -n $number ]]; then exec "$real" -t "$table" --concurrent -D "$chain" "$number"; fi
