#!/usr/bin/env bash
# grappe-step: preflight
# Looks at a machine and changes nothing; something listens on it afterwards, for the others to try. Prints its facts as one JSON object; where it can't become the planned host, all
# reasons on stderr in one report instead, each with what, why and fix.
set -euo pipefail
eval "$(cat)"
: "${name:?}" "${role:?}" "${environment:?}" "${architecture:?}" "${privateAddress:?}" "${subnet:?}"
: "${maxFdatasyncMilliseconds:?}" "${allowSlowDisk:?}" "${ports=}" "${packages=}"

findings=() warnings=()
finding() { findings+=("$1"$'\n'"      why: $2"$'\n'"      fix: $3"); }
warning() { warnings+=("$1"); }

# shellcheck source=await-cloud-init.sh
. ./await-cloud-init.sh
# shellcheck source=system-checks.sh
. ./system-checks.sh
# shellcheck source=../preparation/packages.sh
. ../preparation/packages.sh
# shellcheck source=network-checks.sh
. ./network-checks.sh
# shellcheck source=proxy-check.sh
. ./proxy-check.sh
# shellcheck source=../local-network/listen.sh
. ../local-network/listen.sh
# shellcheck source=disk-checks.sh
. ./disk-checks.sh

json_string() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "${text//[[:cntrl:]]/ }"
}

json_strings() {
  local separator='' text
  printf '['
  for text in "$@"; do
    printf '%s' "$separator"
    json_string "$text"
    separator=,
  done
  printf ']'
}

print_facts() {
  printf '{"hostname":%s,"machineId":%s,' "$(json_string "$(hostname)")" "$(json_string "$machine_id")"
  printf '"operatingSystem":%s,"raspberryPi":%s,' "$(json_string "$operating_system")" "$raspberry_pi"
  printf '"architecture":%s,"kernel":%s,' "$(json_string "$found_architecture")" "$(json_string "$(uname -r)")"
  printf '"pageSize":%s,"cgroupVersion":%s,"cgroupMemory":%s,' "$(getconf PAGESIZE)" "$cgroup_version" "$cgroup_memory"
  printf '"interfaceName":%s,"bootId":%s,' "$(json_string "$interface_name")" "$(json_string "$(< /proc/sys/kernel/random/boot_id)")"
  printf '"memoryMebibytes":%s,"freeDiskMebibytes":%s,' "$memory_mebibytes" "$free_disk_mebibytes"
  if [[ -n $fdatasync_milliseconds ]]; then printf '"fdatasyncMilliseconds":%s,' "$fdatasync_milliseconds"; fi
  printf '"warnings":%s}\n' "$(json_strings "${warnings[@]}")"
}

await_cloud_init
check_operating_system
check_architecture
check_machine_id
check_foreign_kubernetes
check_role
check_name_and_address
check_cgroups
check_swap
check_kernel_modules
check_memory
check_clock
check_packages
check_private_address
check_default_route
check_name_server
check_proxy
stop_listening
check_ports
check_foreign_pod_network
check_forwarding
check_file_system
check_file_system_options
check_disk_space
measure_fdatasync

if ((${#findings[@]} > 0)); then
  echo "$name ($(hostname)) can't become the planned $role; ${#findings[@]} finding(s):" >&2
  number=0
  for text in "${findings[@]}"; do
    number=$((number + 1))
    printf '  %d. %s\n' "$number" "$text" >&2
  done
  exit 1
fi
listen_for_others
print_facts
