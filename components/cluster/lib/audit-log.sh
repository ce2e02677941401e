#!/usr/bin/env bash
# What a server's API server logs, and where, before it starts. Needs write-file.sh.
set -euo pipefail
: "${auditDirectory:?}" "${auditPolicyFile:?}" "${auditPolicy:?}" "${auditBoundScript:?}" "${auditBoundService:?}" "${auditBoundTimer:?}"

write_audit_policy() {
  write_file "$auditPolicyFile" 600 "$auditPolicy"
  install --directory --mode=755 "$(dirname "$auditDirectory")"
  install --directory --mode=700 "$auditDirectory"
}

# Sets `changed`; who calls starts the timer.
write_audit_bound() {
  write_file /usr/local/lib/grappe/audit-bound 755 "$auditBoundScript"
  write_file /etc/systemd/system/grappe-audit-bound.service 644 "$auditBoundService"
  write_file /etc/systemd/system/grappe-audit-bound.timer 644 "$auditBoundTimer"
}
