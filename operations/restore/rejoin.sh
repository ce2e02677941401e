#!/usr/bin/env bash
# grappe-step: restore-rejoin
# On another stopped server, once the restored one answers: puts its etcd data aside, joins the restored etcd with nothing, and starts
# Kubernetes again. Its kubelet, its certificates and its applications' pods stay.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${restoreId:?}" "${target:?}" "${nodeName:?}" "${nodeAddress:?}"
# shellcheck source=../../components/cluster/lib/report.sh
. ../../components/cluster/lib/report.sh
# shellcheck source=../../components/cluster/lib/kubectl.sh
. ../../components/cluster/lib/kubectl.sh
# shellcheck source=../../components/cluster/lib/write-file.sh
. ../../components/cluster/lib/write-file.sh
# shellcheck source=lib/restore-state.sh
. ./lib/restore-state.sh
# shellcheck source=lib/etcd-files.sh
. ./lib/etcd-files.sh
# shellcheck source=lib/start-server.sh
. ./lib/start-server.sh
# shellcheck source=lib/join-etcd.sh
. ./lib/join-etcd.sh

node_is_there() { [[ -n $(kube get node "$nodeName" --ignore-not-found -o name) ]]; }

refuse_other_restore "$restoreId"
if phase_is stopped; then
  put_data_aside
  restore_record phase cleared
fi
phase_is cleared joined || fail "this server wasn't stopped. Fix: run ./grappe restore again."
"join_$distribution"
await_api 300
# A kubelet makes its Node when it starts, and the snapshot may be older than that.
if [[ $distribution = kubeadm ]]; then systemctl restart kubelet.service; fi
until_success 180 "$nodeName to be among the nodes" node_is_there || fail "$nodeName didn't register. See: journalctl -u kubelet -u k3s -n 100"
restore_record phase joined
