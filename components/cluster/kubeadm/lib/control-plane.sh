#!/usr/bin/env bash
# A server's own files, the same before its bootstrap, its join and every change. Needs write-file.sh, keepalived.sh.
set -euo pipefail
: "${encryptionConfig?}" "${dnsPatchFile:?}" "${dnsPatch:?}" "${etcdSnapshotScript:?}" "${etcdSnapshotService:?}" "${etcdSnapshotTimer:?}" "${etcdSnapshotSettings:?}"

write_server_files() {
  if [[ -n $encryptionConfig ]]; then
    write_file /etc/kubernetes/grappe/encryption.yaml 600 "$encryptionConfig"
  fi
  write_file "$dnsPatchFile" 600 "$dnsPatch"
  write_keepalived
}

write_snapshot_timer() {
  changed=no
  write_file /usr/local/lib/grappe/etcd-snapshot 755 "$etcdSnapshotScript"
  write_file /etc/grappe/etcd-snapshot.env 600 "$etcdSnapshotSettings"
  write_file /etc/systemd/system/grappe-etcd-snapshot.service 644 "$etcdSnapshotService"
  write_file /etc/systemd/system/grappe-etcd-snapshot.timer 644 "$etcdSnapshotTimer"
  if [[ $changed = yes ]]; then
    # It makes systemd read all units anew.
    systemctl enable --quiet grappe-etcd-snapshot.timer
    systemctl restart grappe-etcd-snapshot.timer
  fi
}
