#!/usr/bin/env bash
# Part of prepare.sh.
set -euo pipefail
: "${packages=}" "${environment:?}"

# Docker's own containerd.io does what Debian's containerd does, and each would take the other off.
missing_packages() {
  local installed package
  installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" containerd.io 2> /dev/null || true)
  for package in "$@"; do
    if [[ $package = containerd && $'\n'$installed$'\n' = *$'\ncontainerd.io installed\n'* ]]; then continue; fi
    if [[ $'\n'$installed$'\n' != *$'\n'"$package installed"$'\n'* ]]; then echo "$package"; fi
  done
}

# Another apt (unattended upgrades, cloud-init) may hold the locks for minutes; the network may fail for a moment. The first
# argument says how often to try: `install` waits for its lock itself, `update` doesn't.
apt() {
  local attempt attempts=$1
  shift
  for ((attempt = 1; attempt <= attempts; attempt++)); do
    if ((attempt > 1)); then sleep $((attempt * 5)); fi
    if DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get --quiet --quiet --option DPkg::Lock::Timeout=300 \
      --option Acquire::Retries=3 --option Dpkg::Use-Pty=0 "$@"; then return; fi
  done
  return 1
}

# Modules that Ubuntu left out of its Pi kernels from 21.10 to 23.10 (vxlan among them).
needs_extra_modules() {
  [[ $environment = hardware ]] || return 1
  grep -qs 'Raspberry Pi' /proc/device-tree/model && grep -qs '^ID=ubuntu' /etc/os-release &&
    grep -qsE '^VERSION_ID="(21\.10|22\.04|22\.10|23\.04|23\.10)"' /etc/os-release
}

install_packages() {
  local -a missing wanted
  read -r -a wanted <<< "$packages"
  if needs_extra_modules; then wanted+=(linux-modules-extra-raspi); fi
  if [[ $environment = hardware ]] && ! systemctl is-active --quiet chrony.service ntpsec.service; then wanted+=(systemd-timesyncd); fi
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  if ((${#missing[@]} == 0)); then return; fi
  # A killed run, or a power cut, can leave packages unpacked and not configured.
  if [[ -n $(dpkg --audit) ]]; then DEBIAN_FRONTEND=noninteractive dpkg --configure --pending --force-confold; fi
  if ! apt 6 update || ! apt 2 install --yes --no-remove --no-install-recommends "${missing[@]}"; then
    fail "these packages can't be installed, or not without removing others: ${missing[*]}. Fix: check this machine's way to its
package sources (apt-get update says what fails); without internet, install them beforehand from a disk or a mirror."
  fi
}
