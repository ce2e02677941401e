#!/usr/bin/env bash
# Runs a script as a transient systemd unit and waits for it: the work goes on when the SSH session breaks, and the next
# call with the same script and values finds it and waits on. Arguments: unit, deadline in seconds, script. Stdin: values.
set -euo pipefail
unit=$1 deadline=$2 script=$3
values=$(cat)
umask 077
directory=/run/grappe/$unit
maximum_lines=200 maximum_columns=4000

running() { systemctl is-active --quiet "$unit.service"; }

start() {
  systemctl reset-failed "$unit.service" 2>/dev/null || true
  rm -rf "$directory"
  mkdir -p "$directory"
  printf '%s\n' "$fingerprint" > "$directory/fingerprint"
  printf '%s' "$script" > "$directory/script"
  printf '%s' "$values" > "$directory/values"
  # The values are on the script's stdin already when their file goes.
  cat > "$directory/run" <<'RUN'
cd "$1"
rm -f values
code=0
bash script >stdout 2>stderr || code=$?
echo "$code" > exit-code.new
mv exit-code.new exit-code
RUN
  systemd-run --quiet --collect --unit="$unit" --description="grappe: $unit" \
    --property=RuntimeMaxSec="$deadline" --property=TimeoutStopSec=20 \
    --property=StandardInput=file:"$directory/values" \
    --setenv=HOME=/root --setenv=LC_ALL=C.UTF-8 --setenv=SUDO_USER="${SUDO_USER:-root}" \
    bash "$directory/run" "$directory"
}

# One at a time decides whether to start, to attach, or to stop what runs with other values.
attach_or_start() {
  mkdir -p /run/grappe
  exec 9>"/run/grappe/$unit.lock"
  flock 9
  fingerprint=$(printf '%s\n%s' "$script" "$values" | sha256sum)
  if running; then
    if [[ "$(cat "$directory/fingerprint" 2>/dev/null)" != "$fingerprint" ]]; then
      systemctl stop "$unit.service"
      start
    fi
  else
    start
  fi
  exec 9>&-
}

# A dot now and then keeps the connection alive through firewalls and proxies.
await_end() {
  local polls=0
  until [[ -e $directory/exit-code ]]; do
    sleep 0.2
    polls=$((polls + 1))
    if ((polls % 10 == 0)) && ! running && [[ ! -e $directory/exit-code ]]; then return 1; fi
    if ((polls % 100 == 0)); then printf '.' >&2; fi
  done
}

bounded() { tail -n "$maximum_lines" "$1" 2>/dev/null | cut -c "-$maximum_columns" || true; }

attach_or_start
ended=yes
await_end || ended=no
bounded "$directory/stdout"
bounded "$directory/stderr" >&2
if [[ $ended = no ]]; then
  echo "$(hostname): $unit was stopped: its deadline of $deadline seconds passed, or the machine or another run stopped it." >&2
  rm -rf "$directory"
  exit 124
fi
code=$(<"$directory/exit-code")
rm -rf "$directory"
exit "$code"
