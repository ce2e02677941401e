#!/usr/bin/env bash
# A server's further files: tokens, snapshots, the virtual address. Needs k3s-files.sh, keepalived.sh.
set -euo pipefail
: "${k3s_directory:?}" "${serverToken:?}" "${agentToken:?}" "${snapshotConfig?}"

write_k3s_server_files() {
  write_k3s_files
  write_file "$k3s_directory/server-token" 600 "$serverToken"
  write_file "$k3s_directory/agent-token" 600 "$agentToken"
  if [[ -n $snapshotConfig ]]; then
    write_file "$k3s_directory/config.yaml.d/etcd-snapshots.yaml" 600 "$snapshotConfig"
  else
    rm -f "$k3s_directory/config.yaml.d/etcd-snapshots.yaml"
  fi
}
