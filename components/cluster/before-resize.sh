#!/usr/bin/env bash
# grappe-step: before-resize
# On a server, before another node's machine is stopped and given another size: takes the turn for it and drains it. Where the
# cluster doesn't know the node there is nothing to wait for.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${role:?}" "${nodeName:?}" "${drainTimeoutSeconds:?}" "${cniByChart:?}"
# shellcheck source=lib/report.sh
. ./lib/report.sh
# shellcheck source=lib/kubectl.sh
. ./lib/kubectl.sh
# shellcheck source=lib/outage.sh
. ./lib/outage.sh

is_server_member || exit 0
await_api 180
node_exists || exit 0
take_turn 20000
drain_or_release_turn
