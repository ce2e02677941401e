#!/usr/bin/env bash
# Part of prepare.sh: modules and parameters.
set -euo pipefail
: "${environment:?}" "${kernelModules:?}"

# A container has the kernel of the computer that it runs on, and may not load modules into it.
load_kernel_modules() {
  [[ $environment = hardware ]] || return 0
  write_file /etc/modules-load.d/grappe.conf <<< "${kernelModules// /$'\n'}"
  local module
  for module in $kernelModules; do
    modprobe "$module" || fail "the kernel module $module can't be loaded. Fix: reboot if the kernel was just upgraded"
  done
}

# Last in the alphabet: at a boot files are read in the order of their names, and a hardened system's 99-….conf, or /etc/sysctl.conf by
# way of 99-sysctl.conf, may forbid what Kubernetes needs.
set_kernel_parameters() {
  local file=/etc/sysctl.d/99-zz-grappe.conf
  rm -f /etc/sysctl.d/90-grappe.conf
  if [[ $environment = container ]]; then
    write_file "$file" <<< 'net.ipv4.ip_forward = 1'
    check_container_parameters
  else
    write_file "$file" << 'PARAMETERS'
net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
fs.inotify.max_user_instances = 8192
fs.inotify.max_user_watches = 524288
PARAMETERS
  fi
  sysctl --quiet --load="$file"
}

# What is the whole computer's is only looked at here.
check_container_parameters() {
  local instances
  instances=$(< /proc/sys/fs/inotify/max_user_instances)
  if ((instances < 128)); then
    fail "fs.inotify.max_user_instances is $instances, and all hosts of the lab share it. Fix, on the computer that the lab
runs on: sysctl fs.inotify.max_user_instances=8192"
  fi
}
