#!/usr/bin/env bash
# A server's own files, the same before its bootstrap, its join and every change. Needs write-file.sh, keepalived.sh.
set -euo pipefail
# shellcheck source=../../lib/audit-log.sh
. ../../lib/audit-log.sh
: "${approveKubeletsScript:?}" "${approveKubeletsService:?}" "${approveKubeletsTimer:?}"
: "${encryptionConfig?}" "${dnsPatchFile:?}" "${dnsPatch:?}" "${etcdSnapshotScript:?}" "${etcdSnapshotService:?}" "${etcdSnapshotTimer:?}" "${etcdSnapshotSettings:?}"

# Its owner as the benchmark wants it; etcd itself is root in its container, as kubeadm's way to another user is alpha.
own_etcd_directory() {
  if ! getent passwd etcd > /dev/null; then
    getent group etcd > /dev/null || groupadd --system etcd
    useradd --system --gid etcd --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin etcd
    mkdir -p /var/lib/grappe
    : > /var/lib/grappe/made-user-etcd
  fi
  install --directory --mode=700 --owner=etcd --group=etcd /var/lib/etcd
}

write_server_files() {
  own_etcd_directory
  write_audit_policy
  if [[ -n $encryptionConfig ]]; then
    write_file /etc/kubernetes/grappe/encryption.yaml 600 "$encryptionConfig"
  fi
  write_file "$dnsPatchFile" 600 "$dnsPatch"
  write_keepalived
}

# It is of system:masters, which no role limits, and kubeadm needs it for its init only.
remove_super_admin() { rm -f /etc/kubernetes/super-admin.conf; }

write_server_timers() {
  local timers=(grappe-{etcd-snapshot,audit-bound,approve-kubelets}.timer)
  changed=no
  write_audit_bound
  write_file /usr/local/lib/grappe/approve-kubelets 755 "$approveKubeletsScript"
  write_file /etc/systemd/system/grappe-approve-kubelets.service 644 "$approveKubeletsService"
  write_file /etc/systemd/system/grappe-approve-kubelets.timer 644 "$approveKubeletsTimer"
  write_file /usr/local/lib/grappe/etcd-snapshot 755 "$etcdSnapshotScript"
  write_file /etc/grappe/etcd-snapshot.env 600 "$etcdSnapshotSettings"
  write_file /etc/systemd/system/grappe-etcd-snapshot.service 644 "$etcdSnapshotService"
  write_file /etc/systemd/system/grappe-etcd-snapshot.timer 644 "$etcdSnapshotTimer"
  if [[ $changed = yes ]]; then
    # It makes systemd read all units anew.
    systemctl enable --quiet "${timers[@]}"
    systemctl restart "${timers[@]}"
  fi
}
