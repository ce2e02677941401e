#!/usr/bin/env bash
# Writes a file at once or not at all, and only where it differs; sets `changed` to yes where it wrote.
set -euo pipefail

changed=no

# Path, mode, content.
write_file() {
  local path=$1 mode=$2 content=$3 fresh
  if [[ -f $path && $(stat -c %a "$path") = "$mode" ]] && cmp --silent "$path" <(printf '%s' "$content"); then return; fi
  mkdir -p "$(dirname "$path")"
  fresh=$(mktemp "$(dirname "$path")/.grappe-XXXXXX")
  printf '%s' "$content" > "$fresh"
  chmod "$mode" "$fresh"
  mv -f "$fresh" "$path"
  # shellcheck disable=SC2034 # read by the scripts that take this fragment
  changed=yes
}
