#!/usr/bin/env bash
# Keeps the API server's audit log within its bound: of its earlier files the oldest go first, the one that is being written stays.
# Run by grappe-audit-bound.timer. Arguments: the log's folder, bytes.
set -euo pipefail
directory=$1 bound=$2

[[ -d $directory ]] || exit 0
total=$(stat --format=%s "$directory/audit.log" 2> /dev/null || echo 0)
while read -r _ size file; do
  total=$((total + size))
  if ((total > bound)); then rm -f "$file"; fi
done < <(find "$directory" -maxdepth 1 -type f -name 'audit-*.log*' -printf '%T@ %s %p\n' | sort --reverse --numeric-sort)
