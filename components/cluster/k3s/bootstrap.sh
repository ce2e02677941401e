#!/usr/bin/env bash
# grappe-step: bootstrap
# Makes the cluster, once, on the server that is first then. Prints the fingerprint of its certificate authority, by which
# everything that joins knows it. Cut off and run again, k3s goes on where it was.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${nodeName:?}" "${version:?}" "${configHash:?}" "${joinFile:?}"
# shellcheck source=../lib/server-start.sh
. ../lib/server-start.sh
# shellcheck source=lib/k3s-files.sh
. ./lib/k3s-files.sh
# shellcheck source=lib/k3s-server-files.sh
. ./lib/k3s-server-files.sh

node_registered() { [[ -n $(kube get node "$nodeName" --ignore-not-found -o name) ]]; }

bootstrap() {
  start_join
  until_success 120 "k3s to register $nodeName" node_registered || fail "the first server's node didn't register. See: journalctl -u k3s -n 100"
  end_join
}

is_member || bootstrap
write_keepalived
await_api 120
sed -nE 's/^K10([0-9a-f]{64})::.*$/\1/p' /var/lib/rancher/k3s/server/token
