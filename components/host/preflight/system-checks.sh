#!/usr/bin/env bash
# Part of preflight.sh: what the machine is and runs.
set -euo pipefail
: "${name:?}" "${environment:?}" "${architecture:?}" "${role:?}" "${privateAddress:?}" "${packages=}"

check_operating_system() {
  local ID='' VERSION_ID=''
  # shellcheck source=/dev/null
  [[ ! -r /etc/os-release ]] || . /etc/os-release
  operating_system="$ID $VERSION_ID"
  raspberry_pi=false
  if grep -qs 'Raspberry Pi' /proc/device-tree/model; then raspberry_pi=true; fi
  case $operating_system in
    'debian 12' | 'debian 13' | 'raspbian 12' | 'raspbian 13' | 'ubuntu 22.04' | 'ubuntu 24.04' | 'ubuntu 2'[5-9].*) ;;
    *) finding "runs ${operating_system:-an unknown system}" 'steps are made for, and tested on, the systems in the fix' \
      'install Debian 12 or 13, Raspberry Pi OS (64-bit) or Ubuntu 22.04, 24.04 or newer' ;;
  esac
  if ! [[ -d /run/systemd/system ]]; then
    finding 'systemd does not run' 'long steps and Kubernetes are systemd units' 'boot the machine with systemd'
  fi
}

check_architecture() {
  local installed
  installed=$(dpkg --print-architecture 2> /dev/null || true)
  case $(uname -m) in
    x86_64) found_architecture=amd64 ;;
    aarch64) found_architecture=arm64 ;;
    *) found_architecture=$(uname -m) ;;
  esac
  if [[ $found_architecture != "$architecture" ]]; then
    finding "is $found_architecture, the settings say $architecture" 'binaries of another architecture do not run' \
      "set the host's architecture: $found_architecture"
  elif [[ -n $installed && $installed != "$architecture" ]]; then
    finding "has a kernel of $found_architecture under a system of $installed" 'its packages are of another architecture' \
      'install the 64-bit system'
  fi
}

check_machine_id() {
  machine_id=$(cat /etc/machine-id 2> /dev/null || true)
  if ! [[ $machine_id =~ ^[0-9a-f]{32}$ ]]; then
    finding 'has no machine id' 'nodes and DHCP leases are told apart by it' 'systemd-machine-id-setup, then reboot'
  fi
}

# Our own hosts carry a mark; a Kubernetes without it is somebody's.
check_foreign_kubernetes() {
  [[ ! -e /var/lib/grappe/host ]] || return 0
  local path
  for path in /etc/kubernetes/kubelet.conf /etc/kubernetes/admin.conf /etc/kubernetes/manifests/*.yaml /var/lib/etcd/member \
    /etc/rancher/k3s /etc/rancher/node /var/lib/rancher/k3s/server /var/lib/rancher/k3s/agent /etc/rancher/rke2 /var/lib/rancher/rke2 \
    /var/lib/rke2 /var/lib/k0s /etc/k0s /var/snap/microk8s /var/snap/k8s /var/snap/kubelet; do
    if [[ -e $path ]]; then
      finding "is a node of another cluster already ($path)" 'its data and workloads would be lost' \
        'take it out of that cluster and uninstall it (kubeadm reset, k3s-uninstall.sh), or choose another machine'
      return
    fi
  done
}

# The role that our own steps gave the machine, by what only a server or only an agent has.
carried_role() {
  if [[ -e /etc/systemd/system/k3s.service || -e /etc/kubernetes/admin.conf ]]; then
    echo server
  elif [[ -e /etc/systemd/system/k3s-agent.service || -e /etc/kubernetes/kubelet.conf ]]; then
    echo agent
  fi
}

# A server has etcd's data and the cluster's keys, an agent another unit: neither turns into the other in place.
check_role() {
  [[ -e /var/lib/grappe/host ]] || return 0
  local carried
  carried=$(carried_role)
  if [[ -n $carried && $carried != "$role" ]]; then
    finding "is a node of this cluster with the role $carried; grappe:site hosts say: $name, role: $role" \
      'a node keeps its role for life, as a server holds a part of etcd and an agent does not' \
      "take $name out of grappe:site hosts and run up, which drains and cleans it (a machine that was away then still is what it was: \
put it in with the role $carried first, and run up); then add it with the role $role and run up again"
  fi
}

# The address by which a server's etcd, or a kubelet of kubeadm, is known for life; an agent of k3s takes another one.
carried_address() {
  if [[ -e /etc/systemd/system/k3s.service ]]; then
    sed -n 's/^advertise-address: //p' /etc/rancher/k3s/config.yaml
  elif [[ -e /var/lib/kubelet/kubeadm-flags.env ]]; then
    sed -nE 's/.*--node-ip=([0-9.]+).*/\1/p' /var/lib/kubelet/kubeadm-flags.env
  fi
}

# A node's name and address stand in its certificates and in etcd; with others the machine would be in the cluster twice.
check_name_and_address() {
  local member=/var/lib/grappe/kubernetes/member carried
  local way='or take the entry out of grappe:site hosts and run up, which drains and cleans it, then add it as it shall be and run up again'
  [[ -e $member ]] || return 0
  carried=$(< "$member")
  if [[ $carried != "$name" ]]; then
    finding "is a node of this cluster with the name $carried; grappe:site hosts say: $name" 'a node keeps its name for life' \
      "write the name $carried; $way"
  fi
  carried=$(carried_address)
  if [[ -n $carried && $carried != "$privateAddress" ]]; then
    finding "is a node of this cluster with the address $carried; grappe:site hosts say: $privateAddress" \
      'by that address nodes and etcd know it' "give it the address $carried and write that; $way"
  fi
}

check_cgroups() {
  cgroup_version=1 cgroup_memory=false
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then cgroup_version=2; fi
  if [[ $cgroup_version = 2 ]]; then
    if grep -qw memory /sys/fs/cgroup/cgroup.controllers; then cgroup_memory=true; fi
  elif awk '$1 == "memory" && $4 == 1 { found = 1 } END { exit !found }' /proc/cgroups; then
    cgroup_memory=true
  fi
  if [[ $cgroup_memory = false && $raspberry_pi = false ]]; then
    finding "the kernel's memory cgroup is off" "containers' memory can't be limited, and Kubernetes refuses to start" \
      "boot with cgroup_enable=memory on the kernel's command line"
  fi
  if [[ $cgroup_version = 1 && $environment != container ]]; then
    finding "its kernel runs cgroup v1" 'the kubelet refuses to run on it since Kubernetes 1.35' \
      "boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line, or install a newer release"
  fi
}

# What apt would take off for what it is to install; where its lists are old or missing, it says nothing.
check_packages() {
  local -a wanted missing
  local removed
  read -r -a wanted <<< "$packages"
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  if ((${#missing[@]} == 0)); then return; fi
  removed=$(apt-get --simulate --yes --no-install-recommends install "${missing[@]}" 2> /dev/null | awk '$1 == "Remv" { printf " %s", $2 }' || true)
  if [[ -n $removed ]]; then
    finding "installing ${missing[*]} would remove$removed" 'nothing that is there is removed' \
      "remove these yourself if nothing needs them, or choose another machine; Docker's containerd.io, where it is, is used as it is"
  fi
}

check_swap() {
  if [[ $environment != container ]] && (($(wc -l < /proc/swaps) > 1)); then warning 'swap is on; preparation turns it off'; fi
}

check_kernel_modules() {
  [[ $environment != container ]] || return 0
  local module
  for module in overlay br_netfilter; do
    if ! [[ -d /sys/module/$module ]] && ! modprobe --dry-run --quiet "$module" 2> /dev/null; then
      finding "the kernel $(uname -r) has no module $module" 'containers need it' \
        'reboot if the kernel was just upgraded; else install its modules (Ubuntu on a Pi: linux-modules-extra-raspi)'
    fi
  done
  if [[ $(getconf PAGESIZE) != 4096 ]]; then
    warning "the kernel has pages of $(getconf PAGESIZE) bytes, on which images with jemalloc crash; fix: kernel=kernel8.img in /boot/firmware/config.txt"
  fi
}

check_memory() {
  local needed=400
  # kubeadm asks for 1700, and k3s for 2048, of which a machine's kernel keeps some. One that is a server already gets by.
  if [[ $role = server ]]; then needed=1700; fi
  if [[ $role = server && -e /var/lib/grappe/host ]]; then needed=900; fi
  memory_mebibytes=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)
  if ((memory_mebibytes < needed)); then
    finding "has $memory_mebibytes MiB of memory" "a host with the role $role needs $needed MiB to stay up" 'choose a bigger machine'
  fi
}

# A machine without a clock of its own, such as a Pi, is years off until it is told; certificates would not be valid yet.
check_clock() {
  [[ $environment != container ]] || return 0
  local year
  year=$(date +%Y)
  if ((year < 2025)); then
    warning "the clock says $(date -u +%F); preparation sets it before certificates are made"
  fi
}
