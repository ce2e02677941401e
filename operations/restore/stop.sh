#!/usr/bin/env bash
# grappe-step: restore-stop
# On every server that answers: stops Kubernetes' control plane and etcd, so that nothing of the former cluster goes on while it is
# restored. Pods of applications run on.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${restoreId:?}" "${abandoned?}" "${target:?}" "${snapshot:?}" "${place:?}"
# shellcheck source=../../components/cluster/lib/report.sh
. ../../components/cluster/lib/report.sh
# shellcheck source=lib/restore-state.sh
. ./lib/restore-state.sh
# shellcheck source=lib/etcd-files.sh
. ./lib/etcd-files.sh

begin_restore() {
  local id
  id=$(restore_recorded id)
  if [[ $id = "$restoreId" ]]; then return; fi
  if [[ -n $id && " $abandoned " != *" $id "* ]]; then refuse_other_restore "$restoreId"; fi
  restore_record phase stopping
  restore_record target "$target"
  restore_record place "$place"
  restore_record snapshot "$snapshot"
  restore_record id "$restoreId"
}

# A process' name has fifteen characters.
control_plane_is_gone() {
  local name
  for name in "${control_plane[@]}"; do
    if pgrep -x "${name:0:15}" > /dev/null; then
      # shellcheck disable=SC2034 # until_success reads it.
      answer="$name runs"
      return 1
    fi
  done
}

stop_static_pods() {
  local name
  mkdir -p "$stopped_pods"
  for name in "${control_plane[@]}"; do
    if [[ -e $static_pods/$name.yaml ]]; then mv -f "$static_pods/$name.yaml" "$stopped_pods/$name.yaml"; fi
  done
  # Who ends static pods is the kubelet.
  if ! systemctl is-active --quiet kubelet.service; then systemctl start kubelet.service; fi
  until_success 120 "the control plane to end" control_plane_is_gone || fail "the kubelet didn't end etcd and Kubernetes' control plane within 120 s: $answer.
Fix: see journalctl -u kubelet -n 100 there, then run ./grappe restore again."
}

begin_restore
phase_is stopping || exit 0
case $distribution in
  k3s)
    # Disabled, too: a reboot must not bring the former cluster back.
    systemctl disable --quiet k3s.service
    systemctl stop k3s.service
    ;;
  kubeadm) stop_static_pods ;;
esac
restore_record phase stopped
