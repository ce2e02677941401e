#!/usr/bin/env bash
# grappe-step: restore-check
# On the server that a snapshot is for: brings it there where it is in S3, and looks whether it is whole and has room. Says what etcd's own
# tool tells of it, where that is there.
set -euo pipefail
eval "$(cat)"
: "${restoreId:?}"
# shellcheck source=../../components/cluster/lib/report.sh
. ../../components/cluster/lib/report.sh
# shellcheck source=lib/etcd-files.sh
. ./lib/etcd-files.sh
# shellcheck source=lib/s3.sh
. ./lib/s3.sh
# shellcheck source=lib/snapshot-file.sh
. ./lib/snapshot-file.sh

bring_snapshot
refuse_damaged_snapshot
refuse_full_disk
if is_own_data; then
  echo "whole"
  exit 0
fi
case $distribution in
  kubeadm)
    told=$(etcdutl ro snapshot status "$(snapshot_file)" 2>&1) || fail "etcdutl can't read $snapshot: ${told:0:500}. Nothing was changed. Fix: choose another snapshot: --snapshot."
    # hash, revision, keys, size
    echo "whole: ${told##*$'\n'}"
    ;;
  k3s)
    [[ -x /usr/local/bin/k3s ]] || fail "/usr/local/bin/k3s is gone from this machine. Fix: choose a snapshot on another server."
    echo "whole"
    ;;
esac
