#!/usr/bin/env bash
# Part of cleanup.sh: processes and mounts.
set -euo pipefail
: "${state:?}"

stop_kubernetes() {
  local unit
  # What comes back by itself goes first.
  while read -r unit; do try systemctl disable --now "$unit"; done < <(
    systemctl list-unit-files --no-legend --plain 'grappe-*' k3s.service k3s-agent.service kubelet.service | awk '{ print $1 }'
    systemctl list-units --all --no-legend --plain 'grappe-*' | awk '{ print $1 }'
  )
  if [[ -e /etc/grappe || -e $state/original/etc/keepalived/keepalived.conf.absent ]]; then
    try systemctl disable --now keepalived.service
  fi
}

# What was at work when it was stopped has failed, and systemd keeps that in mind when the unit's file is gone.
forget_units() {
  systemctl daemon-reload
  try systemctl reset-failed 'grappe-*' k3s.service k3s-agent.service kubelet.service
}

# Containers live in the kubepods cgroup, the processes that watch over them in k3s's or containerd's.
kill_containers() {
  local -a processes
  local attempt
  for attempt in 1 2 3; do
    mapfile -t processes < <(
      grep -lsE '/(kubepods[./]|k3s(-agent)?\.service)' /proc/[0-9]*/cgroup | cut -d / -f 3
      pgrep -f 'containerd-shim.* -namespace k8s\.io ' || true
    )
    if ((${#processes[@]} == 0)); then return; fi
    try kill -KILL "${processes[@]}"
    sleep "0.$attempt"
  done
}

# The kubelet makes them by hand, so nothing else takes them away before the next boot.
stop_slices() { try systemctl stop kubepods.slice; }

mounts_of_kubernetes() {
  awk '{ print $2 }' /proc/self/mounts |
    grep -E '^(/var/lib/kubelet(/|$)|/run/k3s|/var/lib/rancher/k3s/|/run/netns/cni-|/run/cilium/|/run/containerd/io\.containerd\.([^/]*/k8s\.io|grpc\.v1\.cri/))' |
    sort --reverse || true
}

# A dead NFS server must not hold a mount, and with it the cleanup; the data under a mount must not be deleted with it.
unmount_all() {
  local mount
  while read -r mount; do try umount --force --lazy "$(printf '%b' "$mount")"; done < <(mounts_of_kubernetes)
}

clean_containerd() {
  command -v ctr > /dev/null && systemctl is-active --quiet containerd.service || return 0
  local item
  for item in $(ctr --namespace k8s.io tasks list --quiet 2> /dev/null); do try ctr --namespace k8s.io tasks delete --force "$item"; done
  for item in $(ctr --namespace k8s.io containers list --quiet 2> /dev/null); do try ctr --namespace k8s.io containers delete "$item"; done
  mapfile -t item < <(ctr --namespace k8s.io images list --quiet 2> /dev/null)
  if ((${#item[@]} > 0)); then try ctr --namespace k8s.io images remove --sync "${item[@]}"; fi
  for item in $(ctr --namespace k8s.io snapshots list 2> /dev/null | awk 'NR > 1 { print $1 }' | tac); do
    try ctr --namespace k8s.io snapshots remove "$item"
  done
  try ctr namespaces remove k8s.io
}
