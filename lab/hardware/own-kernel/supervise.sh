#!/usr/bin/env bash
# Process 1 of a container that holds a machine with a kernel of its own (User Mode Linux): its mains, its firmware and its cables.
# $1 is the machine's memory in MiB. Killing it is a power cut. Its disk and its boot partition are in /machine, the kernel and the
# disk of a machine that never ran in /own-kernel, what is this machine's alone in /opt/grappe-lab/identity.
set -euo pipefail
memory=$1
identity=/opt/grappe-lab/identity
disk=/machine/disk.img
boot=/machine/boot
# By this name the kernel starts itself again, where a real machine would reboot.
reboots=/opt/grappe-lab/reboots
rebooted=64

# The first time the machine gets a disk and a boot partition like a Pi's, with a name and keys of its own.
make_disk() {
  mkdir -p "$boot"
  [[ -e $boot/cmdline.txt ]] || echo 'root=/dev/ubda rw rootwait' > "$boot/cmdline.txt"
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
  local line n
  local -a options
  line=$(head -n 1 "$boot/cmdline.txt")
  read -r -a options <<< "$line $(firmware_options "$line")"
  for n in 0 1; do options+=("vec$n:transport=tap,ifname=tap$n,depth=128,gro=1,mac=$(mac "$n")"); done
  # Its memory is a file; TMPDIR says where.
  TMPDIR=/run/memory exec -a "$reboots" /own-kernel/linux "mem=${memory}M" "ubd0=$disk" \
    con=null ssl=null con0=null,fd:1 umid=machine uml_dir=/run/ seccomp=on "${options[@]}"
}

# The keys that ask a machine to end in good order (ctrl-alt-del), by the kernel's management socket.
switch_off() {
  rm -f /run/keyboard
  perl -MSocket -e 'my $socket; socket($socket, PF_UNIX, SOCK_DGRAM, 0) && bind($socket, sockaddr_un("/run/keyboard")) &&
    send($socket, pack("LLLa512", 0xcafebabe, 2, 3, "cad"), 0, sockaddr_un("/run/machine/mconsole")) || die "$!\n"'
}

make_disk
plug_in
mkdir -p /run/memory
mount -t tmpfs -o "size=$((memory + 64))M" tmpfs /run/memory
printf '#!/bin/sh\nexit %s\n' "$rebooted" > "$reboots"
chmod 0755 "$reboots"

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
