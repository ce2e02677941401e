#!/usr/bin/env bash
# Saves a snapshot of etcd on this server, verified, keeps the newest ones, and copies it to S3 where that is configured.
# Run by grappe-etcd-snapshot.timer; its settings are environment variables of the unit.
set -euo pipefail
: "${RETENTION:?}" "${S3_ENDPOINT=}" "${S3_BUCKET=}" "${S3_REGION=}" "${S3_FOLDER=}" "${S3_ACCESS_KEY=}" "${S3_SECRET_KEY=}"
umask 077
directory=/var/lib/grappe/etcd-snapshots
name=etcd-$(hostname)-$(date --utc +%Y%m%dT%H%M%SZ).db
in_progress=/var/lib/etcd/.grappe-snapshot
# shellcheck disable=SC2034 # read by signed-s3.sh
s3_endpoint=$S3_ENDPOINT s3_bucket=$S3_BUCKET s3_region=$S3_REGION s3_access_key=$S3_ACCESS_KEY s3_secret_key=$S3_SECRET_KEY

etcd_container() {
  ctr --namespace k8s.io task list | awk '$3 == "RUNNING" { print $1 }' | while read -r id; do
    if ctr --namespace k8s.io container info "$id" | grep -q '"io.kubernetes.container.name": "etcd"'; then echo "$id"; fi
  done
}

in_etcd() {
  ctr --namespace k8s.io task exec --exec-id "grappe-snapshot-$$-$RANDOM" "$container" "$@"
}

# shellcheck source=../../host/signed-s3.sh
. ../../host/signed-s3.sh

# This server's own copies, whose names hold nothing that XML or an address writes otherwise.
copies() {
  local answer prefix after=''
  prefix=${S3_FOLDER:+$S3_FOLDER/}etcd-$(hostname)-
  while :; do
    answer=$(s3 "?list-type=2&max-keys=1000&prefix=${prefix//\//%2F}${after:+&start-after=${after//\//%2F}}" --retry 5) || return 1
    mapfile -t keys < <(grep -o '<Key>[^<]*</Key>' <<< "$answer" | sed -E 's|</?Key>||g')
    printf '%s\n' "${keys[@]}" | grep -E "^${prefix//./\\.}[0-9]{8}T[0-9]{6}Z\.db$" || true
    if ! grep -q '<IsTruncated>true</IsTruncated>' <<< "$answer" || ((${#keys[@]} == 0)); then return 0; fi
    after=${keys[-1]}
  done
}

# Each server its own, so that a bucket holds as many as all servers together; what isn't this server's stays.
prune_copies() {
  copies | sort --reverse | tail -n "+$((RETENTION + 1))" |
    while read -r old; do s3 "$old" --retry 5 --request DELETE > /dev/null || return 1; done
}

read -r container < <(etcd_container) || {
  echo "etcd doesn't run on this server: no snapshot was taken" >&2
  exit 1
}
mkdir -p "$directory"
trap 'rm -f "$in_progress"' EXIT
in_etcd etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt \
  --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key snapshot save "$in_progress" > /dev/null
mv "$in_progress" "$directory/$name"
find "$directory" -name 'etcd-*.db' -printf '%f\n' | sort --reverse | tail -n "+$((RETENTION + 1))" |
  while read -r old; do rm -f "$directory/$old"; done
if [[ -n $S3_BUCKET ]]; then
  s3 "${S3_FOLDER:+$S3_FOLDER/}$name" --retry 5 --upload-file "$directory/$name" > /dev/null
  # The copy is there: what is too much can wait for the next one.
  prune_copies || echo "copies in S3 beyond the newest $RETENTION weren't taken away" >&2
fi
# For `./grappe status`, which reaches no host. The snapshot is there, whether or not the API can be told.
/usr/local/bin/kubectl --cache-dir=/run/grappe/kubectl --kubeconfig=/etc/kubernetes/admin.conf --server=https://127.0.0.1:6443 \
  --request-timeout=20s annotate node "$(hostname)" --overwrite "grappe.dev/etcd-snapshot=$(date --utc +%Y-%m-%dT%H:%M:%SZ) $name" > /dev/null ||
  echo "the API wasn't told of $name" >&2
echo "$name: $(stat -c %s "$directory/$name") bytes"
