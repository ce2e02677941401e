#!/usr/bin/env bash
# Runs a script as a transient systemd unit and waits for it: the work goes on when the SSH session breaks, and the next
# call with the same script and values finds it and waits on. Arguments: unit, deadline in seconds, script. Stdin: values.
set -euo pipefail
unit=$1 deadline=$2 script=$3
values=$(cat)
umask 077
fingerprint=$(printf '%s\n%s' "$script" "$values" | sha256sum | cut -c -32)
directory=/run/grappe/$unit/$fingerprint
maximum_lines=200 maximum_columns=4000

# Also while it starts or stops.
running() { [[ $(systemctl show --property=ActiveState --value "$unit.service") != @(inactive|failed) ]]; }

start() {
  systemctl reset-failed "$unit.service" 2>/dev/null || true
  rm -rf "/run/grappe/$unit"
  mkdir -p "$directory"
  printf '%s' "$script" > "$directory/script"
  printf '%s' "$values" > "$directory/values"
  # The values are on the script's stdin already when their file goes.
  cat > "$directory/run" <<'RUN'
cd "$1"
rm -f values
code=0
bash --norc script >stdout 2>stderr || code=$?
echo "$code" > exit-code.new
mv exit-code.new exit-code
RUN
  systemd-run --quiet --collect --unit="$unit" --description="grappe: $unit" \
    --property=RuntimeMaxSec="$deadline" --property=TimeoutStopSec=20 \
    --property=StandardInput=file:"$directory/values" --property=UMask=0022 \
    env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME=/root USER=root LOGNAME=root SHELL=/bin/bash \
    DEBIAN_FRONTEND=noninteractive SUDO_USER="${SUDO_USER:-root}" bash --norc "$directory/run" "$directory"
}

# One at a time decides whether to start, to attach, or to stop what runs with other values.
attach_or_start() {
  exec 9>"/run/grappe/$unit.lock"
  flock 9
  if ! running; then
    start
  elif [[ ! -d $directory ]]; then
    systemctl stop "$unit.service"
    start
  fi
  exec 9>&-
}

# The last line that the script wrote to stderr: kubeadm, apt and our own waits say there what they are at. What may name a secret is
# for nobody who looks on.
last_words() {
  tail -n 5 "$directory/stderr" 2> /dev/null | tr -c '[:print:]\n' ' ' | grep '[[:alnum:]]' | grep --invert-match --ignore-case \
    --extended-regexp 'token|secret|password|certificate-key' | tail -n 1 | cut -c -300
}

# From 20 s on it passes on what the script says, every 10 s. A dot in its place, where that is nothing new, keeps the connection alive
# through firewalls and proxies.
tell() {
  local words
  words=$(last_words) || true
  if [[ $words != "$told" ]]; then
    printf '%s\n' "$words" >&2
    told=$words
  else
    printf '.' >&2
  fi
}

await_end() {
  local polls=0 told=''
  until [[ -e $directory/exit-code ]]; do
    sleep 0.1
    polls=$((polls + 1))
    [[ -d $directory ]] || return 1
    if ((polls % 20 == 0)) && ! running && [[ ! -e $directory/exit-code ]]; then return 1; fi
    if ((polls >= 200 && polls % 100 == 0)); then tell; fi
  done
}

bounded() { tail -n "$maximum_lines" "$1" 2>/dev/null | cut -c "-$maximum_columns" || true; }

# The session of a killed engine may still wait for the same run: the last one that waits takes the results away.
take_away() { if flock --nonblock --exclusive 8; then rm -rf "$directory"; fi; }

mkdir -p /run/grappe
exec 8>"/run/grappe/$unit.readers"
flock --shared 8
attach_or_start
code=''
if await_end; then code=$(< "$directory/exit-code"); fi
bounded "$directory/stdout"
# Of one that succeeded nobody wants to know all that it said.
if [[ $code != 0 ]]; then bounded "$directory/stderr" >&2; fi
take_away
if [[ -z $code ]]; then
  echo "$(hostname): $unit was stopped: by its deadline of $deadline seconds, the machine, or another run." >&2
  code=1
fi
exit "$code"
