#!/usr/bin/env bash
# Where etcd's data and its snapshots lie on a server. Needs distribution; restoreId where data is put aside.
set -euo pipefail
: "${distribution:?}"

# shellcheck disable=SC2034 # read by the scripts that take this fragment
case $distribution in
  k3s)
    etcd_data=/var/lib/rancher/k3s/server/db/etcd
    snapshot_directory=/var/lib/rancher/k3s/server/db/snapshots
    ;;
  kubeadm)
    etcd_data=/var/lib/etcd
    snapshot_directory=/var/lib/grappe/etcd-snapshots
    ;;
esac

static_pods=/etc/kubernetes/manifests
# On the same file system as where the kubelet reads them: they come back in one move.
stopped_pods=/etc/kubernetes/grappe/restore
# shellcheck disable=SC2034 # read by the scripts that take this fragment
control_plane=(etcd kube-apiserver kube-controller-manager kube-scheduler)

has_etcd_data() { [[ -d $etcd_data/member/wal ]]; }

etcd_manifest() {
  local directory
  for directory in "$static_pods" "$stopped_pods"; do
    if [[ -e $directory/etcd.yaml ]]; then
      echo "$directory/etcd.yaml"
      return
    fi
  done
  fail "there is no etcd.yaml in $static_pods: this machine was no server of kubeadm's, or its files are lost. Fix: choose a snapshot on another server."
}

manifest_value() { # expression before the value; the first line that has it
  sed -n "s/.*$1//p" "$(etcd_manifest)" | head -n 1
}

# Where put_data_aside leaves it.
data_aside() {
  : "${restoreId:?}"
  case $distribution in
    k3s) echo "$etcd_data-before-restore-$restoreId" ;;
    kubeadm) echo "$etcd_data/before-restore-$restoreId" ;;
  esac
}

# What was there stays beside it, in the same file system, as etcd's folder may be a disk of its own. What lies in its place once that
# was done is this restore's own, half made.
put_data_aside() {
  local aside
  aside=$(data_aside)
  case $distribution in
    k3s)
      if [[ -e $aside ]]; then rm -rf "$etcd_data"; elif [[ -e $etcd_data ]]; then mv "$etcd_data" "$aside"; fi
      ;;
    kubeadm)
      if [[ -e $aside ]]; then rm -rf "$etcd_data/member"; elif [[ -e $etcd_data/member ]]; then mv "$etcd_data/member" "$aside"; fi
      ;;
  esac
}
