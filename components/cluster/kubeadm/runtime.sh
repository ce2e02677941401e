#!/usr/bin/env bash
# grappe-step: runtime
# Makes a machine ready to be a kubeadm node, whether there is a cluster yet or not: containerd's configuration, the kubelet's
# unit, the pod network's configuration, images of a bundle.
set -euo pipefail
eval "$(cat)"
: "${version:?}" "${containerdVersion2:?}" "${containerdVersion3:?}" "${kubeletUnit:?}" "${kubeletDropIn:?}"
: "${cniConfiguration?}" "${images?}" "${registryHosts?}" "${containerdProxyDropIn:?}" "${proxyEnvironment?}"
: "${reservedMemoryFile:?}" "${keptImages?}" "${keepImagesScript:?}" "${keepImagesService:?}" "${keepImagesTimer:?}"
# shellcheck source=../lib/report.sh
. ../lib/report.sh
# shellcheck source=../lib/write-file.sh
. ../lib/write-file.sh
# shellcheck source=../lib/binaries.sh
. ../lib/binaries.sh
# shellcheck source=../../host/side-by-side.sh
. ../../host/side-by-side.sh
# shellcheck source=../lib/reserved-memory.sh
. ../lib/reserved-memory.sh

containerd_answers() { answer=$(ctr version 2>&1); }

# Its environment is read when it starts. A restart leaves containers as they are.
write_containerd_proxy() {
  local environment=/etc/grappe/containerd-proxy.env unit=/etc/systemd/system/containerd.service.d/grappe-proxy.conf
  if [[ -n $proxyEnvironment ]]; then
    write_file "$environment" 600 "$proxyEnvironment"
    write_file "$unit" 644 "$containerdProxyDropIn"
  elif [[ -e $unit || -e $environment ]]; then
    rm -f "$unit" "$environment"
    changed=yes
  fi
}

# containerd 1.x reads version 2 of its configuration, 2.x version 3.
configure_containerd() {
  local major
  major=$(containerd --version | grep -oE ' v?[0-9]+\.[0-9]+' | head -n 1 | grep -oE '[0-9]+' | head -n 1)
  changed=no
  write_containerd_proxy
  if [[ $changed = yes ]]; then systemctl daemon-reload; fi
  if ((major >= 2)); then
    write_file /etc/containerd/config.toml 644 "$containerdVersion3"
  else
    write_file /etc/containerd/config.toml 644 "$containerdVersion2"
  fi
  if [[ $changed = yes ]]; then systemctl restart containerd.service; fi
  if ! systemctl is-enabled --quiet containerd.service; then systemctl enable --quiet containerd.service; fi
  systemctl start containerd.service
  until_success 60 containerd containerd_answers || fail "containerd doesn't answer. See: journalctl -u containerd -n 100"
}

import_archive() { # archive, its SHA-256
  ctr --namespace k8s.io images import "$1" > /dev/null || fail "the image archive $1 can't be imported"
  : > "$records/$2"
}

# An image that is there is imported again only when its archive is another one; an archive may hold several. One import
# uses one processor, and waits for the disk for half of its time.
import_images() {
  local archive sha256 reference present records=/var/lib/grappe/imported-images
  local -A begun=()
  mkdir -p "$records"
  present=$(ctr --namespace k8s.io images list --quiet)
  while read -r archive sha256 reference; do
    if [[ -z $archive || -n ${begun[$sha256]-} ]]; then continue; fi
    if [[ -e $records/$sha256 ]] && grep -qxF "$reference" <<< "$present"; then continue; fi
    begun[$sha256]=yes
    begin import_archive "$archive" "$sha256"
  done <<< "$images"
  await_all
}

# containerd reads these at every pull. Lines: registry, its hosts.toml in Base64. Those of ours that are no longer wanted go.
write_registries() {
  local registry encoded file
  while read -r registry encoded; do
    [[ -n $registry ]] || continue
    write_file "/etc/containerd/certs.d/$registry/hosts.toml" 600 "$(base64 --decode <<< "$encoded")"
  done <<< "$registryHosts"
  { grep -lrsx '# Made by grappe; do not edit.' /etc/containerd/certs.d || true; } | while read -r file; do
    registry=$(basename "$(dirname "$file")")
    if ! grep -qF "$registry " <<< "$registryHosts"; then rm -f "$file"; fi
  done
}

configure_containerd
write_registries
if [[ -n $cniConfiguration ]]; then write_file /etc/cni/net.d/10-grappe.conflist 644 "$cniConfiguration"; fi
# Without a bundle registries have the images: what kept them goes.
keep_images() {
  local units=/etc/systemd/system
  if [[ -z $keptImages ]]; then
    if [[ -e $units/grappe-keep-images.timer ]]; then
      systemctl disable --now --quiet grappe-keep-images.timer
      rm -f "$units"/grappe-keep-images.{service,timer} /usr/local/lib/grappe/keep-images /etc/grappe/bundle-images
    fi
    return
  fi
  write_file /etc/grappe/bundle-images 644 "$keptImages"
  write_file /usr/local/lib/grappe/keep-images 755 "$keepImagesScript"
  write_file "$units/grappe-keep-images.service" 644 "$keepImagesService"
  write_file "$units/grappe-keep-images.timer" 644 "$keepImagesTimer"
}

write_reserved_memory "$reservedMemoryFile"
if [[ ! -e /usr/local/bin/kubelet ]]; then link_binaries kubeadm kubelet; fi
changed=no
write_file /etc/systemd/system/kubelet.service 600 "$kubeletUnit"
write_file /etc/systemd/system/kubelet.service.d/10-kubeadm.conf 600 "$kubeletDropIn"
keep_images
# It makes systemd read all units anew. A run that was cut off may have written them only.
units=(kubelet.service)
if [[ -n $keptImages ]]; then units+=(grappe-keep-images.timer); fi
if [[ $changed = yes ]] || ! systemctl is-enabled --quiet "${units[@]}"; then systemctl enable --quiet "${units[@]}"; fi
import_images
if [[ -n $keptImages ]]; then systemctl start grappe-keep-images.timer; fi
