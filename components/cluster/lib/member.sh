#!/usr/bin/env bash
# What this machine knows of its own membership, in /var/lib/grappe/kubernetes:
#   joining   a bootstrap or join was begun by us; without `member` it didn't end, and is undone before the next try
#   member    a bootstrap or join ended
#   version   Kubernetes' version that runs here
#   applied   hash of the configuration that runs here
set -euo pipefail
: "${nodeName:?}" "${version:?}" "${configHash:?}"

member_directory=/var/lib/grappe/kubernetes

is_member() { [[ -e $member_directory/member ]]; }

was_interrupted() { [[ -e $member_directory/joining ]] && ! is_member; }

record() { # name, value
  mkdir -p "$member_directory"
  printf '%s\n' "$2" > "$member_directory/$1.new"
  mv -f "$member_directory/$1.new" "$member_directory/$1"
}

recorded() { cat "$member_directory/$1" 2> /dev/null || true; }

record_membership() {
  record version "$version"
  record applied "$configHash"
  record member "$nodeName"
}
