#!/usr/bin/env bash
# grappe-step: cleanup
# Takes off a machine all that grappe put on it, with k3s or kubeadm, in any state of half-done: units, containers, mounts,
# interfaces, packet-filter rules, routes, files. Packages stay, and so do the data directories unless deleteData is yes.
set -euo pipefail
eval "$(cat)"
: "${name:?}" "${privateAddress:?}" "${deleteData:?}" "${dataDirectories=}"
state=/var/lib/grappe

# One thing that can't be undone must not keep the rest on the machine.
try() { timeout 120 "$@" > /dev/null 2>&1 || true; }

# shellcheck source=stop-kubernetes.sh
. ./stop-kubernetes.sh
# shellcheck source=clean-network.sh
. ./clean-network.sh
# shellcheck source=clean-files.sh
. ./clean-files.sh

report_leftovers() {
  local -a left
  mapfile -t left < <(
    systemctl list-units --all --no-legend --plain 'grappe-*' 'k3s*' kubelet.service |
      awk '$2 == "loaded" || $3 != "inactive" { print "unit " $1 }'
    mounts_of_kubernetes | sed 's/^/mount /'
    iptables-save 2> /dev/null | sed -nE 's/^:((KUBE-|CNI-|FLANNEL|cali-)[^ ]*).*/packet-filter chain \1/p' | sort -u
    for path in /etc/kubernetes /etc/rancher /var/lib/kubelet /var/lib/etcd /var/lib/rancher/k3s/server "$state/host"; do
      if [[ -e $path ]]; then echo "file $path"; fi
    done
  )
  if ((${#left[@]} > 0)); then
    echo "$name: these could not be removed; reboot the machine and destroy again, or remove them by hand:" >&2
    printf '  %s\n' "${left[@]}" >&2
    exit 1
  fi
}

stop_kubernetes
kill_containers
stop_slices
unmount_all
clean_containerd
clean_network
remove_files
forget_units
restore_system
remove_state
report_leftovers
