#!/usr/bin/env bash
# What every machine needs that becomes a server, the first one or another.
set -euo pipefail
# shellcheck source=node-start.sh
. ./node-start.sh
# shellcheck source=keepalived.sh
. ./keepalived.sh
# shellcheck source=kubectl.sh
. ./kubectl.sh
