#!/usr/bin/env bash
# Part of supervise.sh: the machine is User Mode Linux, and its boot partition a folder that it mounts.
set -euo pipefail
: "${memory:?}" "${disk:?}" "${rebooted:?}"
boot=/machine/boot
# By this name the kernel starts itself again, where a real machine would reboot.
reboots=/opt/grappe-lab/reboots

make_boot_partition() {
  mkdir -p "$boot"
  [[ -e $boot/cmdline.txt ]] || echo 'root=/dev/ubda rw rootwait' > "$boot/cmdline.txt"
}

boot_line() { head -n 1 "$boot/cmdline.txt"; }

set_up() {
  # Its memory is a file.
  mkdir -p /run/memory
  mount -t tmpfs -o "size=$((memory + 64))M" tmpfs /run/memory
  printf '#!/bin/sh\nexit %s\n' "$rebooted" > "$reboots"
  chmod 0755 "$reboots"
}

run_kernel() {
  local n
  local -a cables=()
  for n in 0 1; do cables+=("vec$n:transport=tap,ifname=tap$n,depth=128,gro=1,mac=$(mac "$n")"); done
  # TMPDIR says where its memory is.
  TMPDIR=/run/memory exec -a "$reboots" /own-kernel/linux "mem=${memory}M" "ubd0=$disk" \
    con=null ssl=null con0=null,fd:1 umid=machine uml_dir=/run/ seccomp=on "$@" "${cables[@]}"
}

# The keys that ask a machine to end in good order (ctrl-alt-del), by the kernel's management socket.
switch_off() {
  rm -f /run/keyboard
  perl -MSocket -e 'my $socket; socket($socket, PF_UNIX, SOCK_DGRAM, 0) && bind($socket, sockaddr_un("/run/keyboard")) &&
    send($socket, pack("LLLa512", 0xcafebabe, 2, 3, "cad"), 0, sockaddr_un("/run/machine/mconsole")) || die "$!\n"'
}
