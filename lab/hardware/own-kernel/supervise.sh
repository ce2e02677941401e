#!/usr/bin/env bash
# Process 1 of a container that holds a machine with a kernel of its own: its mains, its firmware and its cables. What runs the kernel
# lies beside it, as kernel.sh. $1 is the machine's memory in MiB. Killing it is a power cut. Its disk and its boot partition are in
# /machine, the kernel and the disk of a machine that never ran in /own-kernel, what is this machine's alone in
# /opt/grappe-lab/identity.
set -euo pipefail
memory=$1
identity=/opt/grappe-lab/identity
disk=/machine/disk.img
# The code by which a kernel's run ends that asked for another one.
rebooted=64
export memory disk rebooted

# shellcheck source=user-mode-linux.sh
. /opt/grappe-lab/kernel.sh

# The first time the machine gets a disk with a name and keys of its own.
make_disk() {
  [[ ! -e $disk ]] || return 0
  cp --sparse=always /own-kernel/disk.img "$disk.new"
  local folder file
  {
    cd "$identity"
    find . -mindepth 1 -type d | while read -r folder; do echo "mkdir ${folder#.}"; done
    find . -type f | while read -r file; do
      printf 'rm %s\nwrite %s %s\n' "${file#.}" "$identity/${file#./}" "${file#.}"
    done
  } > /tmp/identity
  debugfs -w -f /tmp/identity "$disk.new" > /tmp/debugfs 2>&1
  rm /tmp/identity
  mv "$disk.new" "$disk"
}

# The container's two interfaces become cables: the machine at their other end has the addresses.
plug_in() {
  local n
  for n in 0 1; do
    [[ ! -e /sys/class/net/tap$n ]] || continue
    ip link add "bridge$n" type bridge stp_state 0 forward_delay 0
    ip tuntap add "tap$n" mode tap
    ip address flush dev "eth$n"
    ip link set "eth$n" master "bridge$n"
    ip link set "tap$n" master "bridge$n"
    ip link set "tap$n" up
    ip link set "bridge$n" up
  done
}

# A MAC address for each cable, of the machine's id: no other machine has it, and it stays.
mac() {
  local id
  id=$(< "$identity/etc/machine-id")
  printf '02:%s:%s:%s:%s:0%s' "${id:0:2}" "${id:2:2}" "${id:4:2}" "${id:6:2}" "$1"
}

# Without a word of cmdline.txt a Pi's firmware turns the memory cgroup off.
firmware_options() {
  if ! grep -qw 'cgroup_enable=memory' <<< "$1"; then echo cgroup_disable=memory; fi
}

start_kernel() {
  local line
  local -a options
  line=$(boot_line)
  read -r -a options <<< "$line $(firmware_options "$line")"
  run_kernel "${options[@]}"
}

make_boot_partition
make_disk
plug_in
set_up

trap switch_off TERM
while true; do
  start_kernel < /dev/null &
  kernel=$! code=0
  # A signal ends the waiting, not the kernel.
  while kill -s 0 "$kernel" 2> /dev/null; do
    code=0
    wait "$kernel" || code=$?
  done
  # Powered off, or broken.
  if ((code != rebooted)); then exit "$code"; fi
done
