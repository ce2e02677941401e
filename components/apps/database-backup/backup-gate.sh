#!/usr/bin/env bash
# grappe-step: backup-gate
# On a server: has a database's newest change saved, and waits until the bucket has it. So wrong credentials, a full bucket or an address
# where no S3 answers are told by the `up` that set them, and not by a restore.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${namespace:?}" "${cluster:?}" "${bucket:?}" "${revision:?}" "${deadline:?}"
# shellcheck source=../../cluster/lib/report.sh
. ../../cluster/lib/report.sh
# shellcheck source=../../cluster/lib/kubectl.sh
. ../../cluster/lib/kubectl.sh

ours() { kube --namespace "$namespace" "$@"; }

# In the instance that takes writes, as its administrator.
query() {
  local primary
  primary=$(ours get "clusters.postgresql.cnpg.io/$cluster" --output 'jsonpath={.status.currentPrimary}' 2>&1) || {
    echo "$primary"
    return 1
  }
  ours exec "$primary" --container postgres -- psql --no-psqlrc --tuples-only --no-align --username postgres --command "$1" 2>&1
}

# A mark in the write-ahead log, of which the file that holds it is then complete.
marked() {
  answer=$(query "SELECT pg_walfile_name(pg_create_restore_point('grappe'))") && [[ $answer =~ ^[0-9A-F]{24}$ ]] || return 1
  file=$answer
  answer=$(query "SELECT pg_switch_wal()")
}

# What barman said last of the bucket, in one line.
said() {
  ours logs --selector "cnpg.io/cluster=$cluster,cnpg.io/instanceRole=primary" --container plugin-barman-cloud --tail=200 2> /dev/null |
    sed -n 's/.*"msg":"\([^"]*ERROR[^"]*\)".*/\1/p' | tail -n 1 | cut -c 1-400 || true
}

saved() {
  local state
  state=$(query "SELECT coalesce(last_archived_wal >= '$file', false) FROM pg_stat_archiver") || {
    answer=$state
    return 1
  }
  if [[ $state = t ]]; then return 0; fi
  answer=$(said)
  answer=${answer:-$(ours get "clusters.postgresql.cnpg.io/$cluster" \
    --output 'jsonpath={.status.conditions[?(@.type=="ContinuousArchiving")].message}' 2>&1)}
  return 1
}

await_api 120
file=''
until_success "$deadline" "the database to take a mark" marked || fail "the database $namespace/$cluster took no mark for $deadline s: $answer"
until_success "$deadline" "the bucket to have the newest change" saved || fail "$bucket doesn't have the newest change of $namespace/$cluster after $deadline s: $answer
The shop sells on, and is saved as soon as this is set right. Fix: in grappe:platform.backup.s3 endpoint, bucket, region, accessKey and
certificateAuthority, and grappe:backupSecretKey; whether the bucket is there and has room; then run again."
