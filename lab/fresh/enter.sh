#!/usr/bin/env bash
# Becomes the first process of a computer of its own and runs the given command as its only task: called in new mount, process,
# network, IPC and host name namespaces. What it mounts is gone with its last process.
#   enter.sh ROOT FILE COMMAND...    FILE has the values as assignments: it must not come by standard input, which is the command's
set -euo pipefail
root=$1 values=$2
shift 2
# shellcheck source=/dev/null
. "$values"
: "${name:?}" "${shared:=}" "${readonly:=}"

mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"

# Lines of `folder of the computer<TAB>folder of this one`.
while IFS=$'\t' read -r from to; do
  [ -n "$from" ] || continue
  mkdir -p "$root$to"
  mount --bind "$from" "$root$to"
done <<< "$shared"
while IFS=$'\t' read -r from to; do
  [ -n "$from" ] || continue
  mkdir -p "$root$to"
  mount --bind "$from" "$root$to"
  mount -o remount,bind,ro "$root$to"
done <<< "$readonly"

hostname "$name"
mkdir -p "$root/.former"
cd "$root"
pivot_root . .former
umount -l /.former
rmdir /.former
exec "$@"
