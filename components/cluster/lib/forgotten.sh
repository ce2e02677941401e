#!/usr/bin/env bash
# A machine that the cluster forgot while it couldn't be cleaned still takes itself for a member: it joins anew. Where nobody tells
# for certain, it stays what it is. Needs member.sh.
set -euo pipefail
: "${member_directory:?}" "${nodeName:?}"

forget_membership() { rm -f "$member_directory"/{member,version,applied}; }

# The status that an API server gives for this machine's Node: address, port and options of curl for who asks.
status_of_own_node() { # server's URL, options of curl
  curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' "${@:2}" "$1/api/v1/nodes/$nodeName" || true
}
