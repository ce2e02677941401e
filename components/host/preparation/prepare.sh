#!/usr/bin/env bash
# grappe-step: prepare
# Makes a machine ready for Kubernetes: name, packages, kernel, no swap, the right time. Says on stdout, as its only line,
# whether a reboot must follow: "ready", or "reboot-after <boot id>".
set -euo pipefail
eval "$(cat)"
: "${name:?}" "${environment:?}" "${privateAddress:?}" "${packages=}" "${kernelModules:?}"
umask 022
state=/var/lib/grappe
reboot_needed=no

fail() {
  echo "$name: $*" >&2
  exit 1
}

# Files that containers have mounted can't be renamed over, so they are written in place; and only when they change.
write_file() {
  local path=$1 content
  content=$(cat)
  if [[ ! -e $path || $(< "$path") != "$content" ]]; then printf '%s\n' "$content" > "$path"; fi
}

# The SSH user brings the bundle's files; root verifies and takes them.
make_state_directories() {
  mkdir -p "$state"
  chmod 0711 "$state"
  install -d -m 0700 -o "${SUDO_USER:-root}" "$state/incoming"
  write_file "$state/host" <<< "$name"
}

# Later steps write these files; the cleanup gives back what stood there before.
keep_originals() {
  local path kept
  for path in /etc/containerd/config.toml /etc/keepalived/keepalived.conf /etc/idmapd.conf; do
    kept=$state/original$path
    if [[ -e $kept || -e $kept.absent ]]; then continue; fi
    mkdir -p "$(dirname "$kept")"
    if [[ -e $path ]]; then cp --preserve=all "$path" "$kept"; else : > "$kept.absent"; fi
  done
}

# shellcheck source=../local-network/listen.sh
. ../local-network/listen.sh
# shellcheck source=host-name.sh
. ./host-name.sh
# shellcheck source=proxy.sh
. ./proxy.sh
# shellcheck source=packages.sh
. ./packages.sh
# shellcheck source=kernel.sh
. ./kernel.sh
# shellcheck source=memory-cgroup.sh
. ./memory-cgroup.sh
# shellcheck source=swap.sh
. ./swap.sh
# shellcheck source=clock.sh
. ./clock.sh

{
  stop_listening
  make_state_directories
  set_host_name
  set_proxy
  # To a clock that is years behind, apt's lists are not valid yet, nor is any certificate.
  if [[ $environment = hardware ]] && has_time_client; then synchronise_clock; fi
  install_packages
  keep_originals
  load_kernel_modules
  set_kernel_parameters
  if [[ $environment = hardware ]]; then
    if ! memory_cgroup_is_on; then
      ask_for_memory_cgroup
      reboot_needed=yes
    fi
    turn_swap_off
    synchronise_clock
  fi
} >&2

if [[ $reboot_needed = yes ]]; then echo "reboot-after $(< /proc/sys/kernel/random/boot_id)"; else echo ready; fi
