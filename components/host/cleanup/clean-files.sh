#!/usr/bin/env bash
# Part of cleanup.sh: files of ours and of Kubernetes, and what preparation changed in the system's own.
set -euo pipefail
: "${state:?}" "${deleteData:?}" "${dataDirectories=}"

# Never across a mount: below one may lie data of others.
remove() { try rm --recursive --force --one-file-system "$@"; }

remove_files() {
  local path
  while read -r path; do remove "$path"; done < <(cat "$state/artifacts/files" 2> /dev/null)
  for path in /usr/local/bin/{kubeadm,kubelet,kubectl,crictl,ctr,k3s}; do
    if [[ $(readlink "$path") = */grappe/* || $(readlink "$path") = k3s || $(readlink "$path") = */k3s ]]; then remove "$path"; fi
  done
  remove /etc/systemd/system/{k3s,k3s-agent,kubelet}.service{,.env,.d} /etc/systemd/system/grappe-* \
    /etc/systemd/system/*.d/grappe*.conf /etc/systemd/system/*.wants/grappe-* /usr/local/lib/grappe /etc/grappe \
    /etc/kubernetes /etc/cni/net.d/*{grappe,flannel,calico,cilium}* /var/lib/cni /var/lib/kubelet /var/lib/etcd /etc/rancher /run/k3s /run/flannel \
    /var/lib/calico /run/calico /var/log/calico /run/cilium /var/log/pods /var/log/containers /var/log/grappe /usr/libexec/kubernetes
  find /var/lib/rancher/k3s /opt/cni -xdev -depth -mindepth 1 -not -path '/var/lib/rancher/k3s/storage*' -delete 2> /dev/null || true
  # Made for containers' mounts and by containerd where they are missing; where there is something in them, they are the system's.
  rmdir /var/lib/rancher/k3s /var/lib/rancher /opt/cni /usr/lib/modules /opt/containerd/{bin,lib,} 2> /dev/null || true
  remove_exports
  remove_registries
  remove /etc/apt/apt.conf.d/90grappe-proxy /etc/apt/auth.conf.d/90grappe-proxy.conf
}

remove_exports() {
  [[ -e /etc/exports.d/grappe.exports ]] || return 0
  remove /etc/exports.d/grappe.exports
  try exportfs -ra
}

remove_registries() {
  local file
  while read -r file; do
    remove "$file"
    rmdir "$(dirname "$file")" /etc/containerd/certs.d 2> /dev/null || true
  done < <(grep -lrsx '# Made by grappe; do not edit.' /etc/containerd/certs.d)
}

restore_system() {
  local path kept
  while read -r kept; do
    path=${kept#"$state/original"}
    case $path in
      *.absent) remove "${path%.absent}" ;;
      *) try cp --preserve=all "$kept" "$path" ;;
    esac
  done < <(find "$state/original" -type f 2> /dev/null)
  if systemctl is-active --quiet containerd.service; then try systemctl restart containerd.service; fi
  remove /etc/sysctl.d/{90,99-zz}-grappe.conf /etc/modules-load.d/grappe.conf /etc/cloud/cloud.cfg.d/99-grappe.cfg
  if [[ -e $state/made-user-etcd ]]; then
    try userdel etcd
    try groupdel etcd
  fi
  local hosts
  hosts=$(grep -v ' # grappe$' /etc/hosts || true)
  printf '%s\n' "$hosts" > /etc/hosts
  try sed --in-place '/ # grappe$/d' /etc/cloud/templates/hosts.*.tmpl
  sed --in-place 's/^#grappe: //' /etc/fstab 2> /dev/null || true
  while read -r path; do try systemctl unmask "$path"; done < <(cat "$state/masked-units" 2> /dev/null)
}

# Data outlives the cluster unless its deletion was asked for; a directory in which there is none goes in any case.
remove_state() {
  local -a directories=() kept=()
  local directory
  read -r -a directories <<< "$dataDirectories"
  for directory in "${directories[@]}" /var/lib/rancher/k3s/storage; do
    if [[ $deleteData = yes ]]; then remove "$directory"; fi
    rmdir "$directory" 2> /dev/null || true
    kept+=(-not -path "$directory" -not -path "$directory/*")
  done
  find "$state" -xdev -depth -mindepth 1 "${kept[@]}" -delete 2> /dev/null || true
  rmdir "$state" 2> /dev/null || true
  remove /run/grappe
}
