#!/bin/busybox sh
# shellcheck shell=dash
# The first program of an emulated machine: takes the few modules that its disk and its cables need, and goes on on the disk.
# Runs in the kernel's first file system, whose one other program is busybox.
set -eu
busybox mount -t proc proc /proc
busybox mount -t devtmpfs devtmpfs /dev
while read -r module; do busybox insmod "/modules/$module"; done < /modules/order
root=$(busybox sed -n 's/.*\broot=\([^ ]*\).*/\1/p' /proc/cmdline)
until [ -e "$root" ]; do busybox sleep 1; done
busybox mount -t ext4 "$root" /root
busybox umount /proc
exec busybox switch_root /root /sbin/init
