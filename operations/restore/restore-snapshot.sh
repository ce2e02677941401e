#!/usr/bin/env bash
# grappe-step: restore-snapshot
# On one stopped server: makes etcd anew of a snapshot, with this server as its only member, and starts Kubernetes on it. Cut off and run
# again, it begins with the snapshot until that is in place, and goes on from there.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${restoreId:?}" "${snapshot:?}" "${place:?}"
# shellcheck source=../../components/cluster/lib/report.sh
. ../../components/cluster/lib/report.sh
# shellcheck source=../../components/cluster/lib/kubectl.sh
. ../../components/cluster/lib/kubectl.sh
# shellcheck source=lib/restore-state.sh
. ./lib/restore-state.sh
# shellcheck source=lib/etcd-files.sh
. ./lib/etcd-files.sh
# shellcheck source=lib/s3.sh
. ./lib/s3.sh
# shellcheck source=lib/snapshot-file.sh
. ./lib/snapshot-file.sh
# shellcheck source=lib/start-server.sh
. ./lib/start-server.sh

# A token of its own makes it another cluster than any before, whose members it refuses. The revision is raised so that nobody believes
# what was seen after the snapshot: a controller or a kubelet that knows a later one than etcd would wait for it.
restore_kubeadm() {
  local name peer made=$etcd_data/.grappe-restored
  local -a unverified=()
  if is_own_data; then unverified=(--skip-hash-check); fi
  name=$(manifest_value '--name=')
  peer=$(manifest_value '--initial-advertise-peer-urls=')
  [[ -n $name && -n $peer ]] || fail "$(etcd_manifest) names no member. Fix: choose a snapshot on another server."
  mkdir -p "$etcd_data"
  rm -rf "$made"
  etcdutl rw snapshot restore "$(snapshot_file)" "${unverified[@]}" --data-dir "$made" --name "$name" --initial-cluster "$name=$peer" \
    --initial-advertise-peer-urls "$peer" --initial-cluster-token "grappe-$restoreId" --bump-revision 1000000000 --mark-compacted >&2 ||
    fail "etcdutl couldn't restore $snapshot; why stands above. Fix: run ./grappe restore again, and choose another snapshot: --snapshot."
  put_data_aside
  mv "$made/member" "$etcd_data/member"
  rm -rf "$made"
  chmod 700 "$etcd_data"
}

# Without a snapshot k3s makes a cluster of one of the data that is there; with one it puts that aside itself (etcd-old-…). It ends once it
# has run alone (pkg/etcd/etcd.go, Reset). What it left of a reset that was cut off keeps it from another one.
restore_k3s() {
  local log=$restore_directory/k3s.log
  local -a from=()
  if ! is_own_data; then from=(--cluster-reset-restore-path="$(snapshot_file)"); fi
  mkdir -p "$etcd_data"
  chmod 700 "$etcd_data"
  rm -f "$(dirname "$etcd_data")/reset-flag" /etc/rancher/k3s/config.yaml.d/join.yaml
  timeout 600 /usr/local/bin/k3s server --cluster-reset --etcd-s3=false "${from[@]}" > "$log" 2>&1 < /dev/null ||
    fail "k3s couldn't restore $snapshot: $(tail -n 5 "$log" | cut -c -400). Fix: see $log there; run ./grappe restore again, or choose another snapshot: --snapshot."
}

refuse_other_restore "$restoreId"
if phase_is stopped; then
  bring_snapshot
  refuse_damaged_snapshot
  "restore_$distribution"
  restore_record phase restored
fi
phase_is restored started over || fail "this server wasn't stopped. Fix: run ./grappe restore again."
start_server
await_api 300
if phase_is restored; then restore_record phase started; fi
# Whose turn it was to change, when the snapshot was taken, isn't any more.
kube -n kube-system delete configmap grappe-turn --ignore-not-found > /dev/null
