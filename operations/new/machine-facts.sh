#!/usr/bin/env bash
# grappe-step: machine-facts
# Looks at a machine as the user who logs in, changes nothing, and prints what it is as one JSON object on a line of its own.
set -euo pipefail

json_string() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "${text//[[:cntrl:]]/ }"
}

operating_system() {
  local ID='' VERSION_ID=''
  # shellcheck source=/dev/null
  [[ ! -r /etc/os-release ]] || . /etc/os-release
  echo "$ID $VERSION_ID"
}

architecture() {
  case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) uname -m ;;
  esac
}

# systemd keeps what it found for everybody to read.
is_container() {
  [[ -s /run/systemd/container || -e /run/.containerenv || -e /.dockerenv ]]
}

is_raspberry_pi() {
  grep -qs 'Raspberry Pi' /proc/device-tree/model
}

# Without a password, or as root.
becomes_root() {
  [[ $(id -u) = 0 ]] || sudo -n true 2> /dev/null
}

# An SD card or eMMC shows as mmcblk; its kind tells which of the two.
disk_kind() {
  local source device
  source=$(findmnt --noheadings --output SOURCE --target /var/lib 2> /dev/null || true)
  device=$(grep -o 'mmcblk[0-9]*' <<< "$source" || true)
  if [[ -n $device && $(cat "/sys/block/$device/device/type" 2> /dev/null || true) = SD ]]; then
    echo sd-card
  else
    echo disk
  fi
}

# Our own hosts carry a mark.
kubernetes() {
  local path
  if [[ -e /var/lib/grappe/host ]]; then
    echo grappe
    return
  fi
  for path in /etc/kubernetes/kubelet.conf /etc/kubernetes/admin.conf /etc/rancher/k3s /var/lib/rancher/k3s /var/lib/rke2 /var/snap/microk8s; do
    if [[ -e $path ]]; then
      echo "$path"
      return
    fi
  done
}

interfaces() {
  local separator='' name address
  printf '['
  while read -r name address; do
    printf '%s{"name":%s,"address":%s,"prefix":%s}' "$separator" "$(json_string "${name%%@*}")" \
      "$(json_string "${address%/*}")" "${address#*/}"
    separator=,
  done < <(ip -oneline -4 address show scope global | awk '{ for (field = 1; field < NF; field++) if ($field == "inet" && $(field + 1) ~ /\//) print $2, $(field + 1) }')
  printf ']'
}

says() {
  if "$@"; then echo true; else echo false; fi
}

printf '\ngrappe-facts:{"hostname":%s,"machineId":%s,' "$(json_string "$(hostname)")" \
  "$(json_string "$(cat /etc/machine-id 2> /dev/null || true)")"
printf '"operatingSystem":%s,"architecture":%s,' "$(json_string "$(operating_system)")" "$(json_string "$(architecture)")"
printf '"container":%s,"raspberryPi":%s,"root":%s,' "$(says is_container)" "$(says is_raspberry_pi)" "$(says becomes_root)"
printf '"memoryMebibytes":%s,' "$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)"
printf '"freeDiskMebibytes":%s,' "$(df --portability --block-size=1M /var/lib | awk 'NR == 2 { print $4 }')"
printf '"disk":%s,"kubernetes":%s,' "$(json_string "$(disk_kind)")" "$(json_string "$(kubernetes)")"
printf '"gateway":%s,' "$(json_string "$(ip -4 route show default | awk '{ for (field = 1; field < NF; field++) if ($field == "via") { print $(field + 1); exit } }')")"
printf '"interfaces":%s}\n' "$(interfaces)"
