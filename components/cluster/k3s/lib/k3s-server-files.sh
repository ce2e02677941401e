#!/usr/bin/env bash
# A server's further files: tokens, snapshots, how it joins. Needs server-start.sh, k3s-files.sh.
set -euo pipefail
# shellcheck source=../../lib/audit-log.sh
. ../../lib/audit-log.sh
: "${k3s_directory:?}" "${serverToken:?}" "${agentToken:?}" "${snapshotConfig?}" "${joinFile:?}"

write_snapshot_config() {
  if [[ -n $snapshotConfig ]]; then
    write_file "$k3s_directory/config.yaml.d/etcd-snapshots.yaml" 600 "$snapshotConfig"
  else
    rm -f "$k3s_directory/config.yaml.d/etcd-snapshots.yaml"
  fi
}

write_k3s_server_files() {
  write_k3s_files
  write_file "$k3s_directory/server-token" 600 "$serverToken"
  write_file "$k3s_directory/agent-token" 600 "$agentToken"
  write_snapshot_config
  write_audit_policy
}

write_server_timers() {
  changed=no
  write_audit_bound
  if [[ $changed = yes ]]; then
    # It makes systemd read all units anew.
    systemctl enable --quiet grappe-audit-bound.timer
    systemctl restart grappe-audit-bound.timer
  fi
}

# Makes the cluster or joins it, as the join file says; `end_join` when that is done.
start_join() {
  refuse_foreign_k3s
  link_binaries k3s
  write_k3s_server_files
  write_file "$k3s_directory/config.yaml.d/join.yaml" 600 "$joinFile"
  start_k3s
  await_api 300
}

end_join() {
  rm -f "$k3s_directory/config.yaml.d/join.yaml"
  record_membership
}
