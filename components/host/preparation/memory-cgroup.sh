#!/usr/bin/env bash
# Part of prepare.sh and await-reboot.sh.
set -euo pipefail

# The Pi's kernel leaves the memory cgroup out unless its command line, which must stay one line, asks for it. Ubuntu from 26.04 on
# boots from current/ and doesn't read the file beside it.
ask_for_memory_cgroup() {
  local file line flag
  for file in /boot/firmware/current/cmdline.txt /boot/firmware/cmdline.txt /boot/cmdline.txt; do
    if [[ -f $file ]]; then break; fi
  done
  [[ -f $file ]] || fail "the kernel's memory cgroup is off. Fix: boot with cgroup_enable=memory on its command line"
  line=$(tr -s '\r\n' ' ' < "$file")
  line=${line% }
  for flag in cgroup_memory=1 cgroup_enable=memory; do
    if [[ " $line " != *" $flag "* ]]; then line="$line $flag"; fi
  done
  write_file "$file" <<< "$line"
  sync "$file"
}

memory_cgroup_is_on() {
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    grep -qw memory /sys/fs/cgroup/cgroup.controllers
  else
    awk '$1 == "memory" && $4 == 1 { found = 1 } END { exit !found }' /proc/cgroups
  fi
}
