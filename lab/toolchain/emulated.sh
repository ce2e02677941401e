#!/usr/bin/env bash
# Runs a command ($2 and what follows) where the kernel hands programs of another architecture to an emulator, by a line of
# binfmt_misc ($1). That holds in a user namespace of its own: the computer's own registration isn't touched. Wants root and Linux 6.7.
set -euo pipefail

if [[ $1 = inside ]]; then
  # What enters a namespace is nobody there until users have been mapped.
  until read -r _ < /proc/self/gid_map; do sleep 0.05; done
  exec "${BASH_SOURCE[0]}" mapped "${@:2}"
fi
if [[ $1 = mapped ]]; then
  if ! mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc; then
    echo "Linux $(uname -r) has no binfmt_misc for user namespaces. Fix: boot Linux 6.7 or newer." >&2
    exit 1
  fi
  printf '%s' "$2" > /proc/sys/fs/binfmt_misc/register
  exec "${@:3}"
fi

# Every user is the same inside. Where they can't be mapped, nobody waits for it.
map_users() {
  local own kind
  own=$(readlink /proc/self/ns/user)
  until [[ $(readlink "/proc/$1/ns/user") != "$own" ]]; do sleep 0.05; done
  for kind in uid gid; do
    awk '{ print $1, $1, $3 }' "/proc/self/${kind}_map" > "/proc/$1/${kind}_map" || kill "$1"
  done
}
map_users "$$" &
exec unshare --user --mount "${BASH_SOURCE[0]}" inside "$@"
