#!/usr/bin/env bash
# grappe-step: restore-survey
# On a server: says what a restore of etcd has to know of it. Changes nothing. Lines: a key, and what there is of it.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${otherServers?}"
# shellcheck source=../../components/cluster/lib/report.sh
. ../../components/cluster/lib/report.sh
# shellcheck source=lib/restore-state.sh
. ./lib/restore-state.sh
# shellcheck source=lib/etcd-files.sh
. ./lib/etcd-files.sh
# shellcheck source=lib/s3.sh
. ./lib/s3.sh

case $distribution in
  k3s) certificate=/var/lib/rancher/k3s/server/tls/client-admin ;;
  kubeadm) certificate=/etc/kubernetes/pki/apiserver-kubelet-client ;;
esac

# With a certificate of the server's own, as an API may forbid anonymous requests. One that knows nobody answers all the same; without
# etcd, or its quorum, it says 500.
api_answers_at() { # address
  local status
  status=$(curl --silent --insecure --max-time 6 --cert "$certificate.crt" --key "$certificate.key" --output /dev/null \
    --write-out '%{http_code}' "https://$1:6443/readyz") || return 1
  [[ $status = 200 || $status = 401 || $status = 403 ]]
}

say_snapshots() {
  local name
  if [[ -d $snapshot_directory ]]; then
    find "$snapshot_directory" -maxdepth 1 -type f -regextype posix-extended -regex '.*/[A-Za-z0-9][A-Za-z0-9._-]*' \
      -not -name '*.zip' -printf 'snapshot disk %f %s %T@\n'
  fi
  read_s3_settings
  [[ -n $s3_bucket ]] || return 0
  if s3_snapshots > "$listed" 2> "$listed.error"; then
    # The newest are enough, and all go into one answer.
    sort -k 3 "$listed" | tail -n 200 | sed -n '/\.zip /d; s/^/snapshot s3 /p'
  else
    name=$(tr -c '[:print:]' ' ' < "$listed.error" | cut -c -200)
    echo "s3-failed ${name:-it gave no list}"
  fi
}

listed=$(mktemp)
trap 'rm -f "$listed" "$listed.error"' EXIT
echo "member $([[ -e /var/lib/grappe/kubernetes/member ]] && echo yes || echo no)"
echo "version $(cat /var/lib/grappe/kubernetes/version 2> /dev/null || true)"
echo "data $(has_etcd_data && echo yes || echo no)"
if has_etcd_data; then echo "data-bytes $(stat -c %s "$etcd_data/member/snap/db" 2> /dev/null || echo 0)"; fi
for address in 127.0.0.1 $otherServers; do
  if api_answers_at "$address"; then echo "api $address"; fi
done
version=$(cat /var/lib/grappe/kubernetes/version 2> /dev/null || true)
if [[ -n $version && -d /usr/local/lib/grappe/kubernetes/$version ]]; then
  echo "installed $(stat -c %Y "/usr/local/lib/grappe/kubernetes/$version")"
fi
if [[ -n $(restore_recorded id) ]]; then
  echo "restore $(restore_recorded id) $(restore_recorded target) $(restore_recorded phase) $(restore_recorded place) $(restore_recorded snapshot)"
fi
say_snapshots
