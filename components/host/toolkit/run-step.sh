#!/usr/bin/env bash
# Runs a script of the toolkit that this one lies in; its values come on stdin. Arguments: the script, how its SHA-256 begins (`any`: what is deleted runs
# whichever edition is there), the step's name, its deadline in seconds, the unit of a detached one or `-`; of a step whose stdout
# is read: what its answer matches, and `secret` or `plain`.
set -euo pipefail
# Where the link leads now: another edition may come while this one runs.
toolkit=$(CDPATH='' cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
script=$toolkit/$1 hash=$2 name=$3 deadline=$4 unit=$5
shift 5

found=$(sha256sum < "$script") || found=none
if [[ $hash != any && $found != "$hash"* || $found = none ]]; then
  echo "$(hostname): the step $name needs another edition of ${script#"$toolkit/"} than this machine has. Fix: run again; whoever else \
runs this stack at the same time, with another version of grappe, has to end first." >&2
  exit 78
fi

if [[ $unit = - ]]; then
  run=(timeout --kill-after=10 "$deadline" bash --norc "$script")
else
  IFS= read -r -d '' text < "$script" || true
  run=(bash --norc "$toolkit/host/detached.sh" "$unit" "$deadline" "$text")
fi
if (($# > 0)); then run=(bash --norc "$toolkit/host/framed-answer.sh" "$name" "$1" "$2" "${run[@]}"); fi
exec "${run[@]}"
