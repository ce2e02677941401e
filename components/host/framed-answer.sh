#!/usr/bin/env bash
# Runs a step whose output is read, and frames what it printed, so that nothing else on the connection is taken for it. An answer
# that nobody expects fails the step here, as it would stay in the state. Arguments: the step, what its answer matches (a regular
# expression of bash), `secret` where an error may not show it, then the command.
umask 022
cd /
step=$1 pattern=$2 kind=$3
shift 3
# Programs of ours print no NUL; bash would warn of one that noise brings.
answer=$("$@" | tr -d '\000'; exit "${PIPESTATUS[0]}") || {
  code=$?
  printf '%s\n' "$answer"
  exit "$code"
}
if ! [[ $answer =~ $pattern ]]; then
  shown="«${answer:0:2000}»"
  if [[ $kind = secret ]]; then shown="${#answer} characters, which may be secret and aren't shown,"; fi
  echo "$(hostname): the step $step answered $shown instead of what it is to say. Nothing was kept of it. Fix: see what prints \
that on this machine (a profile, a wrapper of a program), then run again." >&2
  exit 65
fi
printf '%s\n' '--- answer of grappe ---' "$answer" '--- end of the answer ---'
