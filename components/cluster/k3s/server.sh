#!/usr/bin/env bash
# grappe-step: server
# Makes a machine a server of the cluster, or changes one that is: joins it with etcd, or, when its turn comes, drains it and
# brings it to another version or configuration. Ends when it is Ready and a voter of etcd.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${nodeName:?}" "${version:?}" "${configHash:?}" "${joinFile:?}"
# shellcheck source=../lib/server-start.sh
. ../lib/server-start.sh
# shellcheck source=../lib/server-change.sh
. ../lib/server-change.sh
# shellcheck source=lib/k3s-files.sh
. ./lib/k3s-files.sh
# shellcheck source=lib/k3s-server-files.sh
. ./lib/k3s-server-files.sh

# shellcheck source=lib/k3s-certificates.sh
. ./lib/k3s-certificates.sh
# shellcheck source=lib/forgotten-server.sh
. ./lib/forgotten-server.sh

change_server() {
  link_binaries k3s
  write_k3s_server_files
  start_k3s
}

if is_member && is_forgotten; then leave_former_cluster; fi
if is_member; then
  write_registration
  write_snapshot_config
  change_when_it_is_our_turn
else
  start_join
  end_join
fi
write_keepalived
await_member_server
write_server_timers
remove_other_versions
remove_other_unpacked_versions
